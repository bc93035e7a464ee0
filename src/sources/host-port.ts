import { isIPv6 } from 'node:net';
import { type Endpoint, parseEndpoint } from '../domain/remote-address.js';

export interface HostPort {
  readonly endpoint: Endpoint;
  /** 0 if the text has none: Asterisk's chan_sip before 1.8, IAX2 and AMI. */
  readonly port: number;
}

/**
 * An address in brackets with or without a port, as `ast_sockaddr_stringify` in Asterisk's main/netsock2.c writes it. Some
 * versions of PJSIP's call message have brackets around IPv4 too.
 */
const BRACKETED = /^\[([^\]]*)\](?::(\d{1,5}))?$/;
const WITH_PORT = /^(.+):(\d{1,5})$/;

/**
 * Reads `203.0.113.9`, `203.0.113.9:5060`, `2001:db8::9`, `[2001:db8::9]:5060`.
 * @param transport Asterisk's word for it, or null for none.
 * @param hasPort whether a port always follows: then the last part of `2001:db8::9:5060` is one.
 * @returns null for anything else: a name of a host is no address.
 */
export function parseHostPort(text: string, transport: string | null, hasPort: boolean): HostPort | null {
  const bracketed = BRACKETED.exec(text);
  if (bracketed !== null)
    return hostPort(familyOf(String(bracketed[1])), transport, String(bracketed[1]), bracketed[2]);
  if (isIPv6(text) && !hasPort) return hostPort('IPV6', transport, text, undefined);
  const split = WITH_PORT.exec(text);
  const host = split?.[1] ?? text;
  if (host.includes(':') && !isIPv6(host)) return hostPort('IPV6', transport, text, undefined);
  return hostPort(familyOf(host), transport, host, split?.[2]);
}

function familyOf(host: string): string {
  return host.includes(':') ? 'IPV6' : 'IPV4';
}

function hostPort(family: string, transport: string | null, host: string, port: string | undefined): HostPort | null {
  const endpoint = parseEndpoint(transport === null ? `${family}/${host}` : `${family}/${transport}/${host}`);
  const number = Number(port ?? 0);
  return endpoint === null || number > 65_535 ? null : { endpoint, port: number };
}

import { canonicalPrefix, type Prefix, parsePrefix, prefixText } from './address-set.js';
import type { Family } from './remote-address.js';

/** What a ban drops: all packets from a prefix or, with a port, those that one address sends from that port (a socket). */
export interface BanTarget extends Prefix {
  /** 1 to 65535, with a prefix of a single address only; null: every port. */
  readonly port: number | null;
}

/** A target as it travels. */
export interface TargetFields {
  /** Canonical, with its length: `203.0.113.9/32`, `2001:db8::/64`. */
  readonly address: string;
  readonly port: number | null;
}

/** How long the prefix of a single address is. */
const HOST_LENGTHS: Readonly<Record<Family, number>> = { IPV4: 32, IPV6: 128 };

export const PORT_MAX = 65_535;

/** The shortest prefix that may be banned: a mistake must not take a continent off the network. */
const LENGTHS_MIN: Readonly<Record<Family, number>> = { IPV4: 16, IPV6: 32 };

const PORT = /^[1-9]\d{0,4}$/;
const SOCKET = /^(?:([\d.]+)|\[([^[\]]+)\]):(\d+)$/;

/** The one text of a target: `203.0.113.9/32`, `203.0.113.9:5062`, `[2001:db8::1]:5062`. */
export function targetText(target: BanTarget): string {
  return fieldsText(targetFields(target));
}

/**
 * Reads `203.0.113.9`, `203.0.113.0/24`, `203.0.113.9:5062` or `[2001:db8::1]:5062`, each address in any of its texts.
 * @returns null for anything else.
 */
export function parseTarget(text: string): BanTarget | null {
  const [, ipv4, ipv6, digits] = SOCKET.exec(text) ?? [];
  const prefix = parsePrefix(ipv4 ?? ipv6 ?? text);
  if (prefix === null) return null;
  if (digits === undefined) return { ...prefix, port: null };
  const port = PORT.test(digits) ? Number(digits) : null;
  return isPort(port) && isHost(prefix) ? { ...prefix, port } : null;
}

/** Null for what is not the one text that `targetText` gives a target. */
export function canonicalTarget(value: unknown): BanTarget | null {
  const target = typeof value === 'string' ? parseTarget(value) : null;
  return target !== null && targetText(target) === value ? target : null;
}

export function targetFields(target: BanTarget): TargetFields {
  return { address: prefixText(target), port: target.port };
}

/** The text that `targetText` gives the target with these fields. */
export function fieldsText({ address, port }: TargetFields): string {
  if (port === null) return address;
  const host = address.replace(/\/\d+$/, '');
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Reads what `targetFields` gives a target.
 * @param port null: none.
 * @returns which of the two is not as it must be.
 */
export function readTarget(address: unknown, port: unknown): BanTarget | 'address' | 'port' {
  const prefix = canonicalPrefix(address);
  if (prefix === null) return 'address';
  if (port === null) return { ...prefix, port };
  return isPort(port) && isHost(prefix) ? { ...prefix, port } : 'port';
}

export function isTooWide({ family, length }: Prefix): boolean {
  return length < LENGTHS_MIN[family];
}

/** The same target, read again: what is none must not become a text for a firewall. @returns null for what is none. */
export function readAgain(target: BanTarget): BanTarget | null {
  const again = readTarget(prefixText(target), target.port);
  return typeof again !== 'string' && again.family === target.family ? again : null;
}

/** Whether a prefix is a single address, and so may have a port. */
function isHost({ family, length }: Prefix): boolean {
  return length === HOST_LENGTHS[family];
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= PORT_MAX;
}

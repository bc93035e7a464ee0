import { parseArgs } from 'node:util';
import { parsePrefix } from '../domain/address-set.js';
import { type Address, parseAddress } from '../domain/remote-address.js';
import { visibleText } from '../text/visible-text.js';
import { isTrustedName, TRUSTED_LENGTH_MAX } from '../wire/trust-word.js';

interface Trusted {
  readonly account: string;
  readonly address: Address;
}

export type TrustArguments =
  | { readonly command: 'help' }
  | { readonly command: 'list'; readonly isJson: boolean }
  | { readonly command: 'trust' | 'remove'; readonly trusted: readonly Trusted[] };

const PLACE_LENGTH = 64;

/** Reads what stands behind `trust`. @returns what is wrong, in words. */
export function trustArguments(args: readonly string[]): TrustArguments | Error {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        list: { type: 'boolean' },
        remove: { type: 'boolean' },
        json: { type: 'boolean' },
      },
      allowPositionals: true,
    });
    const { help = false, list = false, remove = false, json: isJson = false } = values;
    if (help) return { command: 'help' };
    if (list && (remove || positionals.length > 0)) return new Error('trust --list lists all, and takes nothing else');
    if (list) return { command: 'list', isJson };
    if (isJson) return new Error('--json goes with --list');
    if (positionals.length === 0) return new Error('trust needs an ACCOUNT@ADDRESS');
    return { command: remove ? 'remove' : 'trust', trusted: positionals.map(trustedOf) };
  } catch (error) {
    // parseArgs throws for an option that it does not know, and trustedOf for what is no account and address.
    return error as Error;
  }
}

/** An account may have an @ in it, an address has none. */
function trustedOf(text: string): Trusted {
  const at = text.lastIndexOf('@');
  const account = text.slice(0, at);
  const address = addressOf(text.slice(at + 1));
  const shown = `"${visibleText(text, 2 * TRUSTED_LENGTH_MAX)}"`;
  if (at === -1) throw new Error(`${shown} is no ACCOUNT@ADDRESS`);
  if (!isTrustedName(account))
    throw new Error(`${shown} has no account of 1 to ${TRUSTED_LENGTH_MAX} characters before its last @`);
  if (address === null) throw new Error(`${shown} has no IP address behind its last @, and no /64 of IPv6`);
  return { account, address };
}

/** A /64 is one place, and any address of it stands for it. */
function addressOf(text: string): Address | null {
  const address = parseAddress(text);
  if (address !== null) return address;
  const prefix = parsePrefix(text);
  return prefix?.family === 'IPV6' && prefix.length === PLACE_LENGTH ? prefix.address : null;
}

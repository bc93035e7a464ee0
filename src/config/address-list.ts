import { maskedPrefix, parsePrefix, prefixText } from '../domain/address-set.js';
import { parseAddress } from '../domain/remote-address.js';
import { format, isHostName, quote } from './formats.js';

const ENTRIES_MAX = 10_000;
/** Names are looked up again and again. */
const NAMES_MAX = 100;

/** Addresses and prefixes canonical and with their lengths, host names in lower case. */
export const addressList = format(
  `addresses, prefixes (203.0.113.0/24) and host names with commas or blanks between them, at most ${ENTRIES_MAX}`,
  (text) => {
    const entries = entriesOf(text).map(canonicalEntry);
    const read = entries.filter((entry) => entry !== undefined);
    const isWhole = read.length === entries.length && entries.length <= ENTRIES_MAX;
    return isWhole && namesIn(read) <= NAMES_MAX ? read : undefined;
  },
  (text) => {
    const entries = entriesOf(text);
    const faulty = entries.find((entry) => canonicalEntry(entry) === undefined);
    if (faulty !== undefined) return entryAdvice(faulty);
    return entries.length <= ENTRIES_MAX ? `must have at most ${NAMES_MAX} host names` : undefined;
  },
);

function entriesOf(text: string): string[] {
  return text.trim().split(/\s*,\s*|\s+/);
}

/** Undefined for what is neither a prefix nor a name. */
function canonicalEntry(entry: string): string | undefined {
  const prefix = parsePrefix(entry);
  if (prefix !== null) return prefixText(prefix);
  return isHostName(entry) ? entry.toLowerCase() : undefined;
}

function namesIn(entries: readonly string[]): number {
  return entries.filter((entry) => !entry.includes('/')).length;
}

function entryAdvice(entry: string): string {
  if (entry === '') return 'must have an entry before and after each comma';
  const [host = '', length = ''] = entry.split('/', 2);
  const address = /^\d{1,3}$/.test(length) ? parseAddress(host) : null;
  if (address === null || Number(length) > (address.includes(':') ? 128 : 32)) {
    return `must list addresses, prefixes and host names: ${quote(entry)} is none`;
  }
  const prefix = maskedPrefix(address, Number(length));
  return `must list prefixes without an address in them: write ${prefix} or ${host} instead of ${quote(entry)}`;
}

import { MESSAGE_BYTES_MAX } from './line-feeds.js';
import { readLogPrefix } from './log-prefix.js';
import { readPacketDump } from './packet-dump.js';
import { type Reading, readMessage } from './wording.js';
import { wordingsOf } from './wordings.js';

/** Two texts of IAX2, of 255 bytes each: neither has room for a line about a security event. */
const SHORT_BYTES_MAX = 512;

export interface HostileText {
  /** How far it can reach, from the beginning of the line; 0 for none that is long enough. */
  readonly bytes: number;
  /** Who wrote it, as Asterisk says in front of it; null if it does not. */
  readonly address: string | null;
}

const NONE: HostileText = { bytes: 0, address: null };

/**
 * What a client can have written into a message of another level, behind a line feed, that is long enough for a whole line
 * about a security event: packets that Asterisk logs as they came, and the extension of a call with chan_sip.
 * @param line the message's first, one letter for each byte.
 */
export function hostileTextOf(line: string): HostileText {
  const { bytes, address } = dumped(line) ?? said(line);
  return { bytes: Math.min(bytes, MESSAGE_BYTES_MAX), address };
}

function dumped(line: string): HostileText | null {
  const at = line.indexOf('<--- ');
  const dump = at < 0 ? null : readPacketDump(line.slice(at).trim());
  return dump === null ? null : { bytes: line.length + dump.bytes, address: dump.sender?.endpoint.address ?? null };
}

function said(line: string): HostileText {
  const prefix = readLogPrefix(line, () => 0, '');
  const wordings = prefix === null ? undefined : wordingsOf(prefix);
  if (prefix === null || wordings === undefined) return NONE;
  return hostileIn(readMessage(wordings, prefix.message));
}

function hostileIn(reading: Reading | null): HostileText {
  if (reading?.kind === 'malformed') return { bytes: MESSAGE_BYTES_MAX, address: null };
  if (reading?.kind !== 'event' && reading?.kind !== 'broken') return NONE;
  const { wording, remote } = reading;
  const canReach = reading.kind === 'broken' || wording.isOpen;
  // Over HTTP a name of AMI can hold line feeds, and then nothing can be told, here as in the event itself.
  if (!canReach || wording.service === 'AMI' || wording.spillBytesMax <= SHORT_BYTES_MAX) return NONE;
  return { bytes: MESSAGE_BYTES_MAX, address: remote?.endpoint.address ?? null };
}

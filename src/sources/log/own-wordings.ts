import type { LinePattern } from '../../text/line-pattern.js';
import { parseHostPort } from '../host-port.js';
import type { LogPrefix } from './log-prefix.js';
import { INVALID_ACCOUNT, INVALID_PASSWORD, meaning } from './meanings.js';
import type { Reading, Wording } from './wording.js';

/** Asterisk cannot say how far the text of a client goes in a line of one's own. */
const OWN: Wording = {
  service: 'LOG',
  head: /^/,
  place: null,
  tail: /$/,
  hasPort: false,
  spillBytesMax: 0,
  isOpen: false,
  meaning: () => 'ignored',
};

/** The dialled extension, which the dialplan's Log() has in front. */
const EXTENSION = /^[^:]{1,80}: "?/;

/** Reads a message by the first pattern that it is like. @returns null if it is like none. */
export function readOwn(patterns: readonly LinePattern[], { file, message }: LogPrefix): Reading | null {
  const text = file === 'Ext.' ? message.replace(EXTENSION, '') : message;
  for (const pattern of patterns) {
    const match = pattern.read(text);
    if (match === 'ambiguous') return { kind: 'malformed', reason: 'ambiguous' };
    if (match === null) continue;
    const remote = parseHostPort(match.host, null, false);
    if (remote === null) return { kind: 'malformed', reason: 'address' };
    const said = match.account === null ? INVALID_ACCOUNT : INVALID_PASSWORD;
    return { kind: 'event', wording: OWN, meaning: meaning(said, match.account), remote };
  }
  return null;
}

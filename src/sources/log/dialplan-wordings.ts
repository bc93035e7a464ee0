import { INVALID_ACCOUNT, meaning } from './meanings.js';
import type { Wording } from './wording.js';

/**
 * What FreePBX's dialplan logs of a call from nobody that it knows: `Ext. s: "Rejecting unknown SIP connection from ..."`.
 * The dialled extension is in front, unescaped, and so only the end of the line is the dialplan's.
 */
export const DIALPLAN_WORDINGS: readonly Wording[] = [
  {
    service: 'SIP',
    // An extension without what follows it is one that a line feed broke off.
    head: /^(?=[^:]*$|[\s\S]{0,4096}(?:Rejecting unknown SIP connection|Friendly Scanner) from )/,
    place: /: "?(?:Rejecting unknown SIP connection|Friendly Scanner) from (?<host>[^\s"]{1,90})(?="?$)/g,
    tail: /"?$/,
    hasPort: false,
    spillBytesMax: 80,
    isOpen: true,
    meaning: () => meaning(INVALID_ACCOUNT, null),
  },
];

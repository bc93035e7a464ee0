import { failedAcl, INVALID_ACCOUNT, INVALID_PASSWORD, meaning } from './meanings.js';
import type { Said, Wording } from './wording.js';

/**
 * On AMI's own socket a line feed ends the name (recording ami-name-lf). Over HTTP the name is unescaped, line feeds and
 * all; a line of HTTP has MAX_HTTP_LINE_LENGTH (4096) bytes at most (Asterisk's main/http.c).
 */
const SPILL_BYTES_MAX = 4_096;

/** Says why a login failed; Asterisk's main/manager.c logs MANAGER_FAILED right after it, from the same thread. */
export const MANAGER_CAUSES: readonly Wording[] = [
  manager(/^(?<host>[^\s']{1,90}) tried to authenticate with nonexistent user '/, INVALID_ACCOUNT),
  manager(/^(?<host>[^\s']{1,90}) failed to pass IP ACL as '/, failedAcl(null)),
];

/** That a login failed: with a wrong secret it is the only line. Plain or MD5, the line is the same. */
export const MANAGER_FAILED = manager(/^(?<host>[^\s']{1,90}) failed to authenticate as '/, INVALID_PASSWORD);

function manager(head: RegExp, said: Said): Wording {
  return {
    service: 'AMI',
    head,
    place: null,
    tail: /'$/,
    hasPort: false,
    spillBytesMax: SPILL_BYTES_MAX,
    isOpen: true,
    meaning: ({ after }) => meaning(said, after),
  };
}

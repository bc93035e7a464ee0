import {
  failedAcl,
  INVALID_ACCOUNT,
  INVALID_PASSWORD,
  meaning,
  NO_EXTENSION,
  REGISTERED,
  RESPONSE_FAILED,
} from './meanings.js';
import type { Said, Wording } from './wording.js';

/**
 * A text of IAX2 has 255 bytes at most (the length of an information element is one byte, RFC 5456), and a message has
 * two of them. Any byte can be in it, line feeds too: Asterisk's channels/chan_iax2.c logs it as it came.
 */
const SPILL_BYTES_MAX = 512;

/**
 * The messages of register_verify, check_access and socket_process in Asterisk's channels/chan_iax2.c, which has no
 * security events: they are given those that chan_sip raises for the same. Left out is `Host %s failed RSA
 * authentication`: it has the peer's name where the others have the address.
 */
export const IAX2_WORDINGS: readonly Wording[] = [
  afterName(/^No registration for peer '/, /' \(from (?<host>[^\s()]{0,90})(?=\)$)/g, INVALID_ACCOUNT),
  configured(
    afterName(
      /^Peer '(?=.{0,300}' is not dynamic )/,
      /' is not dynamic \(from (?<host>[^\s()]{0,90})(?=\)$)/g,
      failedAcl('peer_not_dynamic'),
    ),
  ),
  {
    ...afterHost(/^Host (?<host>[^\s']{1,90}) failed MD5 authentication for '/, /\)$/, RESPONSE_FAILED),
    // The name is of iax.conf; the hashes after it are the client's, and no part of the event.
    meaning: ({ after }) => {
      const end = after.indexOf("' (");
      return end < 0 ? null : meaning(RESPONSE_FAILED, after.slice(0, end));
    },
  },
  configured(
    afterHost(/^Host (?<host>[^\s']{1,90}) did not provide proper plaintext password for '/, /'$/, INVALID_PASSWORD),
  ),
  configured(
    afterHost(/^Host (?<host>[^\s']{1,90}) denied access to register peer '/, /'$/, failedAcl('device_must_match_acl')),
  ),
  afterHost(/^Host (?<host>[^\s']{1,90}) failed to authenticate as '/, /'$/, INVALID_PASSWORD),
  afterHost(/^Host (?<host>[^\s']{1,90}) failed to authenticate as /, /$/, INVALID_PASSWORD),
  {
    ...configured(afterHost(/^Empty registration from (?<host>\S{1,90})/, /$/, INVALID_ACCOUNT)),
    meaning: nameless(INVALID_ACCOUNT),
  },
  {
    ...afterHost(
      /^Rejected connect attempt from (?<host>[^\s']{1,90}), who was trying to reach '/,
      /'$/,
      INVALID_ACCOUNT,
    ),
    meaning: nameless(INVALID_ACCOUNT),
  },
  {
    ...afterHost(/^Rejected connect attempt from (?<host>[^\s']{1,90}), request '/, /' does not exist$/, NO_EXTENSION),
    meaning: nameless(NO_EXTENSION),
  },
];

/**
 * What chan_iax2 says of a registration, at the level VERBOSE: `Registered IAX2 '101' (AUTHENTICATED) at 198.51.100.7:4569`,
 * without a name of the client's. A peer without a secret is UNAUTHENTICATED, and so proves nothing.
 */
export const IAX2_LOGIN: Wording = {
  service: 'IAX2',
  head: /^(?:-- )?Registered IAX2 '/,
  place: /' \(AUTHENTICATED\) at (?<host>[^\s']{1,90})$/g,
  tail: /$/,
  hasPort: true,
  spillBytesMax: 0,
  isOpen: false,
  meaning: ({ before }) => (before === '' || before.includes("'") ? null : meaning(REGISTERED, before)),
};

/** Of a message whose name is of iax.conf: nothing in it is the client's. */
function configured(wording: Wording): Wording {
  return { ...wording, isOpen: false };
}

function afterName(head: RegExp, place: RegExp, said: Said): Wording {
  return { ...iax2(head, /\)$/), place, meaning: ({ before }) => meaning(said, before) };
}

function afterHost(head: RegExp, tail: RegExp, said: Said): Wording {
  return { ...iax2(head, tail), meaning: ({ after }) => meaning(said, after) };
}

/** Of a message that names a number or nothing, and no account. */
function nameless(said: Said): Wording['meaning'] {
  return () => meaning(said, null);
}

function iax2(head: RegExp, tail: RegExp): Omit<Wording, 'meaning'> {
  return { service: 'IAX2', head, place: null, tail, hasPort: false, spillBytesMax: SPILL_BYTES_MAX, isOpen: true };
}

import { callWording } from './chan-sip-wordings.js';
import { failedAcl, INVALID_ACCOUNT, meaning, NO_EXTENSION, RESPONSE_FAILED } from './meanings.js';
import { sipAccount } from './sip-account.js';
import type { Said, Wording } from './wording.js';

/** The From text and the Call-ID are cut at PJSIP_MAX_URL_SIZE (512) each. */
const SPILL_BYTES_MAX = 1_024;
/** An extension is cut at AST_MAX_EXTENSION (80). */
const EXTENSION_BYTES_MAX = 80;
const CALL_ID_WORDS = "' (callid: ";

/** log_failed_request in Asterisk's res/res_pjsip/pjsip_distributor.c, with the events that it raises beside it. */
const REASONS: ReadonlyMap<string, Said> = new Map<string, Said>([
  ['No matching endpoint found', INVALID_ACCOUNT],
  ['Failed to authenticate', RESPONSE_FAILED],
  ['Error to authenticate', RESPONSE_FAILED],
  ['Not match Endpoint ACL', failedAcl('not_match_endpoint_acl')],
  ['Not match Endpoint Contact ACL', failedAcl('not_match_endpoint_contact_acl')],
]);

/** Asterisk 13 first wrote `Request from`, without the method, and `%s:%d` for the address. */
const REQUEST = {
  service: 'PJSIP',
  // `%s:%d` up to 16.0; then pj_sockaddr_print, with brackets and a port.
  hasPort: true,
  place: /' failed for '(?<host>[^\s']{0,90})(?=' \(callid: )/g,
  tail: /\) [-\u2013\u2014] (?<reason>[A-Z][A-Za-z ]{1,60}?)(?: after \d{1,10} tries in [\d.]{1,20} ms)?$/,
  spillBytesMax: SPILL_BYTES_MAX,
  isOpen: false,
  meaning: ({ before, after, reason }) => {
    const said = REASONS.get(String(reason));
    return said === undefined ? null : meaning(said, sipAccount(before), after.slice(CALL_ID_WORDS.length));
  },
} satisfies Partial<Wording>;

/**
 * PJSIP refuses a request with a line feed in From, Call-ID or a quoted string (recordings pjsip-callid-fold,
 * pjsip-inject-nonce) and writes a URI with its escapes, so that no line feed is in a Request message. The extension of
 * a call is unescaped.
 */
export const PJSIP_WORDINGS: readonly Wording[] = [
  { ...REQUEST, head: /^Request from '/ },
  { ...REQUEST, head: /^Request '\S*' from '/ },
  // Asterisk 12 to 16.0 wrote a port, and no brackets around IPv6.
  { ...callWording('PJSIP', /^Call from '/, ({ caller }) => caller, EXTENSION_BYTES_MAX), hasPort: true },
  {
    // Asterisk 16 and later: the endpoint's name, which is of pjsip.conf, is in front.
    ...callWording('PJSIP', /^/, ({ caller }) => caller, EXTENSION_BYTES_MAX),
    head: /^(?=[^'(]{1,200}: Call \()/,
    hasPort: true,
    place: /: Call \((?:(?<transport>UDP|TCP|TLS|WSS?):)?(?<host>[^\s()']{0,90})\)(?= to extension ')/g,
    meaning: ({ before }) => meaning(NO_EXTENSION, before),
  },
  {
    // Where an ACL is about the Contact, the same words name the address in it, which is the client's to choose
    // (check_contact_acls in res/res_pjsip_acl.c): nobody can tell the two apart.
    ...trusted(/^Incoming SIP message from (?<host>[^\s']{1,90})/, / did not pass ACL test$/),
    meaning: () => 'ignored',
  },
  registrar(
    /^Endpoint '(?=[^']{0,200}' \(\S{1,90}\) has no configured AORs)/,
    /' \((?<host>[^\s()]{0,90})(?=\) has no configured AORs$)/g,
    failedAcl('registrar_attempt_without_configured_aors'),
  ),
  {
    ...registrar(
      /^Endpoint '(?=[^']{0,200}' \(\S{1,90}\) attempted to register)/,
      /' \((?<host>[^\s()]{0,90})(?=\) attempted to register to an AOR with a non-SIP URI$)/g,
      failedAcl('registrar_invalid_uri_in_to_received'),
    ),
    tail: /\) attempted to register to an AOR with a non-SIP URI$/,
  },
  {
    // Both names are of pjsip.conf: the AOR was found.
    ...registrar(
      /^Registration attempt from endpoint '(?=[^']{0,200}' \()/,
      /' \((?<host>[^\s()]{0,90})\)(?= to AOR ')/g,
      failedAcl('registrar_attempt_exceeds_maximum_configured_contacts'),
    ),
    tail: /' will exceed max contacts of \d{1,10}$/,
  },
  {
    ...registrar(
      /^AOR '(?=[\s\S]{0,600}' has no configured max_contacts\. Endpoint ')/,
      /' \((?<host>[^\s()]{0,90})(?=\) unable to register$)/g,
      { event: 'RequestNotSupported', requestType: 'registrar_attempt_without_registration_permitted' },
    ),
    meaning: ({ before }) =>
      meaning(
        { event: 'RequestNotSupported', requestType: 'registrar_attempt_without_registration_permitted' },
        lastName(before),
      ),
  },
  {
    // The AOR is the user of the To header, unescaped: the endpoint's name is the last one.
    ...registrar(
      /^AOR '(?=[\s\S]{0,4096} for endpoint '[^']{1,200}' \(\S{1,90}\)$|[^']*$)/,
      /' \((?<host>[^\s()]{0,90})(?=\)$)/g,
      {
        event: 'RequestNotSupported',
        requestType: 'registrar_requested_aor_not_found',
      },
    ),
    meaning: ({ before }) =>
      meaning({ event: 'RequestNotSupported', requestType: 'registrar_requested_aor_not_found' }, lastName(before)),
  },
];

/** A line of Asterisk's res/res_pjsip_registrar.c; the endpoint has authenticated itself. */
function registrar(head: RegExp, place: RegExp, said: Said): Wording {
  return {
    ...trusted(head, /(?:\) has no configured AORs|\) unable to register|\))$/),
    // `%s:%d`, without brackets in any version.
    hasPort: true,
    place,
    meaning: ({ before }) => meaning(said, before),
  };
}

function trusted(head: RegExp, tail: RegExp): Omit<Wording, 'meaning'> {
  return { service: 'PJSIP', head, place: null, tail, hasPort: false, spillBytesMax: SPILL_BYTES_MAX, isOpen: false };
}

function lastName(text: string): string {
  return text.slice(text.lastIndexOf("'") + 1);
}

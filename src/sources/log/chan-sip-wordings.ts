import {
  failedAcl,
  INVALID_ACCOUNT,
  INVALID_PASSWORD,
  INVALID_TRANSPORT,
  meaning,
  NO_EXTENSION,
  REGISTERED,
  RESPONSE_FAILED,
} from './meanings.js';
import { sipAccount } from './sip-account.js';
import type { Said, Wording } from './wording.js';

/** chan_sip's extension is a string field, as long as the request's URI; a packet has so many bytes at most. */
const PACKET_BYTES_MAX = 65_535;

/** Asterisk 1.4 and 1.6 name no address here. */
const CALL_WITHOUT_ADDRESS =
  /^Call from '(?![\s\S]*' \([^)]{1,100}\) to extension ')(?=[\s\S]*' rejected because extension not found(?: in context '[^']{0,80}')?\.?$)/;

/**
 * The reasons of handle_request_register in Asterisk's channels/chan_sip.c, with the events of its sip/security_events.c
 * (1.8 and later; before, there were none). `ignored` is what raises none.
 */
const REASONS: ReadonlyMap<string, Said | 'ignored'> = new Map<string, Said | 'ignored'>([
  ['Wrong password', INVALID_PASSWORD],
  ['Bad password', INVALID_PASSWORD],
  ['Username/auth name mismatch', RESPONSE_FAILED],
  ['No matching peer found', INVALID_ACCOUNT],
  ['Not a local domain', failedAcl('domain_must_match')],
  ['Peer is not supposed to register', failedAcl('peer_not_dynamic')],
  ['Device does not match ACL', failedAcl('device_must_match_acl')],
  ['ACL error (permit/deny)', failedAcl('device_must_match_acl')],
  ['Device not configured to use this transport type', INVALID_TRANSPORT],
  ['RTP initialization failed', 'ignored'],
  ['Unknown failure', 'ignored'],
]);

/**
 * chan_sip's To header is logged as it came, still escaped, and cannot hold a line feed: one ends the header (recordings
 * chansip-inject-lf, chansip-callid-lf). The extension of a call is unescaped first, and so can hold one.
 */
export const CHAN_SIP_WORDINGS: readonly Wording[] = [
  {
    service: 'SIP',
    head: /^Registration from '/,
    place: /' failed for '(?<host>[^\s']{0,90})(?=' [-\u2013\u2014] [^']{1,80}$)/g,
    tail: /' [-\u2013\u2014] (?<reason>[^']{1,80})$/,
    hasPort: false,
    spillBytesMax: 0,
    isOpen: false,
    meaning: ({ before, reason }) => {
      const said = REASONS.get(String(reason).replace(/\.$/, ''));
      return said === undefined || said === 'ignored' ? (said ?? null) : meaning(said, sipAccount(before));
    },
  },
  {
    ...callWording('SIP', CALL_WITHOUT_ADDRESS, () => '', PACKET_BYTES_MAX),
    place: null,
    tail: /$/,
    meaning: () => 'ignored',
  },
  callWording('SIP', /^Call from '/, ({ extension }) => extension, PACKET_BYTES_MAX),
  {
    // A patch that many installations have; it writes nothing of the client's.
    service: 'SIP',
    head: /^hacking attempt detected '(?<host>[^\s']{1,90})/i,
    place: null,
    tail: /'$/,
    hasPort: false,
    spillBytesMax: 0,
    isOpen: false,
    meaning: () => meaning(INVALID_ACCOUNT, null),
  },
];

/**
 * What chan_sip says of a registration, at the level VERBOSE: `-- Registered SIP '101' at 198.51.100.7:5060`, before 1.8
 * `at 198.51.100.7 port 5060 expires 60`. The name is of sip.conf, and nothing else is said by a client.
 */
export const CHAN_SIP_LOGIN: Wording = {
  service: 'SIP',
  head: /^(?:-- )?Registered SIP '/,
  place: /' at (?<host>[^\s']{1,90})(?=(?: port \d{1,5} expires \d{1,10})?$)/g,
  tail: /(?: port \d{1,5} expires \d{1,10})?$/,
  hasPort: false,
  spillBytesMax: 0,
  isOpen: false,
  meaning: ({ before }) => (before === '' || before.includes("'") ? null : meaning(REGISTERED, before)),
};

/** `Call from 'name' (address) to extension '...' rejected because ...`: the account is the dialled number, as on AMI. */
export function callWording(
  service: string,
  head: RegExp,
  account: (names: { readonly caller: string; readonly extension: string }) => string,
  spillBytesMax: number,
): Wording {
  return {
    service,
    head,
    place: /' \((?:(?<transport>UDP|TCP|TLS|WSS?):)?(?<host>[^\s()']{0,90})\)(?= to extension ')/g,
    tail: /' rejected because extension not found in context '[^']{0,80}'\.?$/,
    hasPort: false,
    spillBytesMax,
    isOpen: true,
    meaning: ({ before, after }) =>
      meaning(NO_EXTENSION, account({ caller: before, extension: after.slice(" to extension '".length) })),
  };
}

/** A message, the file that logs it, and what it is read as: see briefOf. */
export type Sample = readonly [file: string, message: string, expected: string];

const REGISTRATION = (address: string, reason: string, to = '"101" <sip:101@pbx.example>') =>
  `Registration from '${to}' failed for '${address}' - ${reason}`;
const REQUEST = (address: string, reason: string) =>
  `Request 'REGISTER' from '"Ann" <sip:101@pbx.example>' failed for '${address}' (callid: 5f-3a@phone) - ${reason}`;
const IN_NO_CONTEXT = "rejected because extension not found in context 'from-outside'.";

const SIP = 'chan_sip.c';
const PJSIP = 'res_pjsip/pjsip_distributor.c';
const SESSION = 'res_pjsip_session.c';
const REGISTRAR = 'res_pjsip_registrar.c';
const IAX2 = 'chan_iax2.c';
const AMI = 'manager.c';
const HASHES = '(0f343b0931126a20f133d67c2b018a3b != 1bc29b36f623ba82aaf6724fd3b16718)';

/** All wordings that are read, each in the forms of its versions. */
export const SAMPLES: readonly Sample[] = [
  [SIP, REGISTRATION('203.0.113.9', 'Wrong password'), 'SIP InvalidPassword  101 IPV4/203.0.113.9:0'],
  [SIP, REGISTRATION('203.0.113.9:5071', 'Wrong password'), 'SIP InvalidPassword  101 IPV4/203.0.113.9:5071'],
  [SIP, REGISTRATION('[2001:DB8::9]:5071', 'Wrong password'), 'SIP InvalidPassword  101 IPV6/2001:db8::9:5071'],
  [SIP, REGISTRATION('[2001:db8::9]', 'Wrong password'), 'SIP InvalidPassword  101 IPV6/2001:db8::9:0'],
  [SIP, REGISTRATION('2001:db8::9', 'Wrong password'), 'SIP InvalidPassword  101 IPV6/2001:db8::9:0'],
  [SIP, REGISTRATION('[::ffff:203.0.113.9]:5', 'Bad password'), 'SIP InvalidPassword  101 IPV4/203.0.113.9:5'],
  [SIP, REGISTRATION('203.0.113.9:1', 'No matching peer found'), 'SIP InvalidAccountID  101 IPV4/203.0.113.9:1'],
  [
    SIP,
    REGISTRATION('203.0.113.9:1', 'Username/auth name mismatch'),
    'SIP ChallengeResponseFailed  101 IPV4/203.0.113.9:1',
  ],
  [SIP, REGISTRATION('203.0.113.9:1', 'Not a local domain'), 'SIP FailedACL domain_must_match 101 IPV4/203.0.113.9:1'],
  [
    SIP,
    REGISTRATION('203.0.113.9:1', 'Peer is not supposed to register'),
    'SIP FailedACL peer_not_dynamic 101 IPV4/203.0.113.9:1',
  ],
  [
    SIP,
    REGISTRATION('203.0.113.9:1', 'Device does not match ACL'),
    'SIP FailedACL device_must_match_acl 101 IPV4/203.0.113.9:1',
  ],
  [
    SIP,
    REGISTRATION('203.0.113.9', 'ACL error (permit/deny)'),
    'SIP FailedACL device_must_match_acl 101 IPV4/203.0.113.9:0',
  ],
  [
    SIP,
    REGISTRATION('203.0.113.9:1', 'Device not configured to use this transport type'),
    'SIP InvalidTransport  101 IPV4/203.0.113.9:1',
  ],
  [SIP, REGISTRATION('203.0.113.9:1', 'RTP initialization failed'), 'ignored'],
  [SIP, REGISTRATION('203.0.113.9:1', 'Bad moon'), 'value'],
  [SIP, REGISTRATION('pbx.example', 'Wrong password'), 'address'],
  [SIP, REGISTRATION('(null)', 'Wrong password'), 'address'],
  [SIP, REGISTRATION('203.0.113.9:65536', 'Wrong password'), 'address'],
  [
    SIP,
    REGISTRATION('203.0.113.9', 'Wrong password', 'sip:ann@pbx.example'),
    'SIP InvalidPassword  ann IPV4/203.0.113.9:0',
  ],
  [
    SIP,
    REGISTRATION('203.0.113.9', 'Wrong password', '"7"sip:7@pbx.example'),
    'SIP InvalidPassword  7 IPV4/203.0.113.9:0',
  ],
  [SIP, REGISTRATION('203.0.113.9', 'Wrong password', 'nonsense'), 'SIP InvalidPassword  - IPV4/203.0.113.9:0'],
  [
    SIP,
    `Call from '' (203.0.113.9:5) to extension '900441' ${IN_NO_CONTEXT}`,
    'SIP FailedACL no_extension_match 900441 IPV4/203.0.113.9:5',
  ],
  [
    SIP,
    `Call from '101' ([2001:db8::9]:5) to extension '+4 4' ${IN_NO_CONTEXT}`,
    'SIP FailedACL no_extension_match +4 4 IPV6/2001:db8::9:5',
  ],
  [SIP, `Call from '' to extension '900441' ${IN_NO_CONTEXT}`, 'ignored'],
  [SIP, "Call from '101' to extension '900441' rejected because extension not found.", 'ignored'],
  [SIP, "hacking attempt detected '203.0.113.9'", 'SIP InvalidAccountID  - IPV4/203.0.113.9:0'],
  [SIP, 'Failed to authenticate device "1"<sip:1@203.0.113.9>;tag=a1 for INVITE, code = -1', 'ignored'],
  [SIP, 'Failed to authenticate user "1" <sip:1@203.0.113.9>;tag=a1', 'ignored'],
  [SIP, 'Sending fake auth rejection for device 1<sip:1@203.0.113.9>;tag=a1', 'ignored'],
  [SIP, "Unknown SIP command 'FOO' from '203.0.113.9:5060'", 'ignored'],
  [SIP, "Peer '101' is now UNREACHABLE!  Last qualify: 20", 'ignored'],
  [
    PJSIP,
    REQUEST('203.0.113.9:5071', 'No matching endpoint found'),
    'PJSIP InvalidAccountID  101 IPV4/203.0.113.9:5071',
  ],
  [
    PJSIP,
    REQUEST('203.0.113.9:1', 'No matching endpoint found after 6 tries in 812.044 ms'),
    'PJSIP InvalidAccountID  101 IPV4/203.0.113.9:1',
  ],
  [
    PJSIP,
    REQUEST('[2001:db8::9]:5071', 'Failed to authenticate'),
    'PJSIP ChallengeResponseFailed  101 IPV6/2001:db8::9:5071',
  ],
  [PJSIP, REQUEST('203.0.113.9:1', 'Error to authenticate'), 'PJSIP ChallengeResponseFailed  101 IPV4/203.0.113.9:1'],
  [
    PJSIP,
    REQUEST('203.0.113.9:1', 'Not match Endpoint ACL'),
    'PJSIP FailedACL not_match_endpoint_acl 101 IPV4/203.0.113.9:1',
  ],
  [
    PJSIP,
    REQUEST('203.0.113.9:1', 'Not match Endpoint Contact ACL'),
    'PJSIP FailedACL not_match_endpoint_contact_acl 101 IPV4/203.0.113.9:1',
  ],
  [PJSIP, REQUEST('203.0.113.9:1', 'Failed to amuse'), 'value'],
  [
    PJSIP,
    "Request from 'sip:7@pbx.example' failed for '203.0.113.9:9' (callid: 1) - Failed to authenticate",
    'PJSIP ChallengeResponseFailed  7 IPV4/203.0.113.9:9',
  ],
  [
    PJSIP,
    "Request from 'sip:7@pbx.example' failed for '2001:db8::9:5060' (callid: 1) - Failed to authenticate",
    'PJSIP ChallengeResponseFailed  7 IPV6/2001:db8::9:5060',
  ],
  [
    PJSIP,
    "Request from 'sip:7@pbx.example' failed for '::ffff:203.0.113.9:5060' (callid: 1) - Failed to authenticate",
    'PJSIP ChallengeResponseFailed  7 IPV4/203.0.113.9:5060',
  ],
  [
    SESSION,
    `Call from 'anonymous' (UDP:203.0.113.9:5) to extension '900441' ${IN_NO_CONTEXT}`,
    'PJSIP FailedACL no_extension_match anonymous IPV4/UDP/203.0.113.9:5',
  ],
  [
    SESSION,
    `Call from 'anonymous' (UDP:2001:db8::9:5060) to extension '9000' ${IN_NO_CONTEXT}`,
    'PJSIP FailedACL no_extension_match anonymous IPV6/UDP/2001:db8::9:5060',
  ],
  [
    SESSION,
    `Call from 'anonymous' (TCP:[203.0.113.9]:61470) to extension '1' ${IN_NO_CONTEXT}`,
    'PJSIP FailedACL no_extension_match anonymous IPV4/TCP/203.0.113.9:61470',
  ],
  [
    SESSION,
    ` anonymous: Call (TLS:[2001:db8::9]:5) to extension '900441' ${IN_NO_CONTEXT}`,
    'PJSIP FailedACL no_extension_match anonymous IPV6/TLS/2001:db8::9:5',
  ],
  [
    REGISTRAR,
    "Endpoint '105' (203.0.113.9:5) has no configured AORs",
    'PJSIP FailedACL registrar_attempt_without_configured_aors 105 IPV4/203.0.113.9:5',
  ],
  [REGISTRAR, "Endpoint '105' has no configured AORs", 'ignored'],
  [
    REGISTRAR,
    "Endpoint '105' (2001:db8::9:5060) has no configured AORs",
    'PJSIP FailedACL registrar_attempt_without_configured_aors 105 IPV6/2001:db8::9:5060',
  ],
  [
    REGISTRAR,
    "AOR '106' has no configured max_contacts. Endpoint '106' (2001:db8::9:5060) unable to register",
    'PJSIP RequestNotSupported registrar_attempt_without_registration_permitted 106 IPV6/2001:db8::9:5060',
  ],
  [
    REGISTRAR,
    "AOR '' not found for endpoint '101' (2001:db8::9:5060)",
    'PJSIP RequestNotSupported registrar_requested_aor_not_found 101 IPV6/2001:db8::9:5060',
  ],
  [
    REGISTRAR,
    "Endpoint 'alice' (203.0.113.9:5060) attempted to register to an AOR with a non-SIP URI",
    'PJSIP FailedACL registrar_invalid_uri_in_to_received alice IPV4/203.0.113.9:5060',
  ],
  [
    REGISTRAR,
    "Registration attempt from endpoint '108' (203.0.113.9:5) to AOR '109' will exceed max contacts of 1",
    'PJSIP FailedACL registrar_attempt_exceeds_maximum_configured_contacts 108 IPV4/203.0.113.9:5',
  ],
  [
    REGISTRAR,
    "AOR '109' has no configured max_contacts. Endpoint '106' (203.0.113.9:5) unable to register",
    'PJSIP RequestNotSupported registrar_attempt_without_registration_permitted 106 IPV4/203.0.113.9:5',
  ],
  [
    REGISTRAR,
    "AOR '' not found for endpoint '101' (203.0.113.9:5)",
    'PJSIP RequestNotSupported registrar_requested_aor_not_found 101 IPV4/203.0.113.9:5',
  ],
  [IAX2, "No registration for peer '301' (from 203.0.113.9)", 'IAX2 InvalidAccountID  301 IPV4/203.0.113.9:0'],
  [IAX2, "Peer '301' is not dynamic (from 203.0.113.9)", 'IAX2 FailedACL peer_not_dynamic 301 IPV4/203.0.113.9:0'],
  [IAX2, "Peer '301' is now UNREACHABLE! Time: 20", 'ignored'],
  [
    IAX2,
    `Host 203.0.113.9 failed MD5 authentication for '301' ${HASHES}`,
    'IAX2 ChallengeResponseFailed  301 IPV4/203.0.113.9:0',
  ],
  [IAX2, "Host 203.0.113.9 failed MD5 authentication for '301 (a != b)", 'value'],
  [
    IAX2,
    "Host 203.0.113.9 did not provide proper plaintext password for '301'",
    'IAX2 InvalidPassword  301 IPV4/203.0.113.9:0',
  ],
  [
    IAX2,
    "Host 203.0.113.9 denied access to register peer '301'",
    'IAX2 FailedACL device_must_match_acl 301 IPV4/203.0.113.9:0',
  ],
  [IAX2, 'Host 203.0.113.9 failed to authenticate as 301', 'IAX2 InvalidPassword  301 IPV4/203.0.113.9:0'],
  [IAX2, "Host 203.0.113.9 failed to authenticate as '301'", 'IAX2 InvalidPassword  301 IPV4/203.0.113.9:0'],
  [IAX2, "Host 198.51.100.1 failed RSA authentication with inkeys 'a'", 'ignored'],
  [IAX2, 'Empty registration from 203.0.113.9', 'IAX2 InvalidAccountID  - IPV4/203.0.113.9:0'],
  [
    IAX2,
    "Rejected connect attempt from 203.0.113.9, who was trying to reach '900@out'",
    'IAX2 InvalidAccountID  - IPV4/203.0.113.9:0',
  ],
  [
    IAX2,
    "Rejected connect attempt from 203.0.113.9, request '900@out' does not exist",
    'IAX2 FailedACL no_extension_match - IPV4/203.0.113.9:0',
  ],
  [
    IAX2,
    'Rejected connect attempt from 203.0.113.9, requested/capability 0x2/0x2 incompatible with our capability 0x1.',
    'ignored',
  ],
  [IAX2, "Registration of 'me' rejected: 'Registration Refused' from: '198.51.100.1'", 'ignored'],
  [AMI, "203.0.113.9 failed to authenticate as 'admin'", 'AMI InvalidPassword  admin IPV4/203.0.113.9:0'],
  [AMI, "2001:db8::9 failed to authenticate as 'admin'", 'AMI InvalidPassword  admin IPV6/2001:db8::9:0'],
  [AMI, "fe80::9%eth0 failed to authenticate as ''", 'AMI InvalidPassword   IPV6/fe80::9%eth0:0'],
  [
    AMI,
    "203.0.113.9 tried to authenticate with nonexistent user 'root'",
    'AMI InvalidAccountID  root IPV4/203.0.113.9:0',
  ],
  [AMI, "203.0.113.9 failed to pass IP ACL as 'admin'", 'AMI FailedACL - admin IPV4/203.0.113.9:0'],
  [AMI, "somewhere failed to authenticate as 'admin'", 'address'],
  ['acl.c', "SIP ACL: Rejecting '203.0.113.9' due to a failure to pass ACL '(BASELINE)'", 'ignored'],
  [
    'res_security_log.c',
    'SecurityEvent="InvalidPassword",Service="SIP",RemoteAddress="IPV4/UDP/203.0.113.9/5"',
    'ignored',
  ],
];

import type { AsteriskOptions, AsteriskVersion } from '../lab/asterisk.js';

/** Where everybody finds the PBX. */
export const PBX = { address: '192.0.2.1', sip: 5060, sipTls: 5061, ws: 8088 } as const;

/** Whom the attackers are after, with a password that their lists have. */
const VICTIM = { name: '100', password: '1234' };
const FRIENDS = Array.from({ length: 20 }, (_, index) => String(121 + index));

/** One way to set up Asterisk. */
export interface SetUp {
  readonly name: string;
  readonly about: string;
  readonly version: AsteriskVersion;
  /** What phones reach it over. */
  readonly transport: 'udp' | 'tls';
  readonly realm: string;
  /** With which user a phone of this account authenticates. */
  readonly authUser: (account: string) => string;
  readonly options: Pick<AsteriskOptions, 'pjsip' | 'additions'>;
}

export function passwordOf(account: string): string {
  return account === VICTIM.name ? VICTIM.password : `pw-${account}`;
}

interface Pjsip {
  readonly global?: string;
  readonly endpoint?: string;
  readonly transports?: string;
  readonly more?: string;
  readonly modules?: string;
  readonly authUser?: (account: string) => string;
  readonly transport?: SetUp['transport'];
}

function pjsipSetUp(name: string, about: string, options: Pjsip): SetUp {
  const { global = '', endpoint = '', transports = '', more = '', modules = '', transport = 'udp' } = options;
  const authUser = options.authUser ?? ((account: string) => account);
  const sections = [
    `[global]\ntype = global\n${global}`,
    `[udp4](+)\nbind = ${PBX.address}:${PBX.sip}`,
    transports,
    ...[VICTIM.name, ...FRIENDS].map((account) => {
      const own = authUser(account);
      return `[${own}](phone)\nauth = ${own}\naors = ${own}\n${endpoint}\n[${own}](login)\nusername = ${own}\npassword = ${passwordOf(account)}\n[${own}](contacts)`;
    }),
    more,
  ];
  return {
    name,
    about,
    version: 22,
    transport,
    realm: 'asterisk',
    authUser,
    options: {
      pjsip: () => `${sections.join('\n')}\n`,
      additions: { 'modules.conf': modules, 'http.conf': `[general](+)\nbindaddr = 0.0.0.0\nbindport = ${PBX.ws}\n` },
    },
  };
}

function chanSipSetUp(alwaysAuthReject: 'yes' | 'no'): SetUp {
  const phones = [VICTIM.name, ...FRIENDS].map(
    (account) => `[${account}]\ntype = friend\nhost = dynamic\nsecret = ${passwordOf(account)}\n`,
  );
  const general = `[general](+)\nudpbindaddr = ${PBX.address}:${PBX.sip}\nalwaysauthreject = ${alwaysAuthReject}\n`;
  return {
    name: `16-chansip-aar-${alwaysAuthReject}`,
    about: `chan_sip, \`alwaysauthreject=${alwaysAuthReject}\``,
    version: 16,
    transport: 'udp',
    realm: 'e2e-16',
    authUser: (account) => account,
    options: { additions: { 'sip.conf': [general, ...phones].join('\n') } },
  };
}

export const SET_UPS: readonly SetUp[] = [
  pjsipSetUp('22-default', 'PJSIP with its defaults', {}),
  pjsipSetUp('22-authuser', '`auth_username` identifies first, as in FreePBX', {
    global: 'endpoint_identifier_order = auth_username,username,ip,anonymous',
    endpoint: 'identify_by = auth_username,username',
  }),
  pjsipSetUp('22-anonymous', 'with an endpoint `anonymous`', {
    global: 'endpoint_identifier_order = ip,username,anonymous',
    more: '[anonymous](phone)',
    modules: 'load = res_pjsip_endpoint_identifier_anonymous.so\n',
  }),
  pjsipSetUp('22-tenants', 'tenants by prefix: account 121 is endpoint and auth user `t1_121`', {
    global: 'endpoint_identifier_order = ip,username,auth_username',
    endpoint: 'identify_by = username,auth_username',
    authUser: (account) => `t1_${account}`,
  }),
  pjsipSetUp('22-tls-ws', 'friends over TLS and WebSocket, attackers over UDP and TLS', {
    transports: `[tls-cable](tls)\nbind = ${PBX.address}:${PBX.sipTls}`,
    transport: 'tls',
  }),
  chanSipSetUp('yes'),
  chanSipSetUp('no'),
];

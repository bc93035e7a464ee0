import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { CACHE } from '../lab/place.js';
import { PBX, type SetUp } from './set-ups.js';

interface TrunkOptions {
  readonly address: string;
  readonly account: string;
  readonly user: string;
  readonly password: string;
  readonly transport: SetUp['transport'];
}

const ROOT = `${CACHE}asterisk-22`;

const MODULES = [
  'res_timing_timerfd',
  'pbx_config',
  'res_pjproject',
  'res_pjsip',
  'res_pjsip_session',
  'res_pjsip_outbound_registration',
  'res_pjsip_outbound_authenticator_digest',
];

/** Another Asterisk 22, from the same root, that registers at the PBX, goes on for ever where it is refused, and asks with OPTIONS. */
export function trunkCommand(options: TrunkOptions): readonly string[] {
  const instance = `/trunk-${options.account}`;
  const place = `${ROOT}${instance}`;
  rmSync(place, { recursive: true, force: true });
  for (const folder of ['etc', 'log', 'run', 'db', 'spool', 'cache', 'keys']) {
    mkdirSync(`${place}/${folder}`, { recursive: true });
  }
  const write = (name: string, text: string) => writeFileSync(`${place}/etc/${name}`, text);
  write('asterisk.conf', asteriskConf(instance));
  write('logger.conf', '[general]\n[logfiles]\nmessages => notice,warning,error\n');
  write('extensions.conf', '[general]\n[default]\n');
  const loads = MODULES.map((name) => `load = ${name}.so\n`).join('');
  write(
    'modules.conf',
    `[modules]\nautoload = no\npreload = res_sorcery_config.so\npreload = res_sorcery_memory.so\npreload = res_sorcery_astdb.so\n${loads}`,
  );
  write('pjsip.conf', pjsipConf(options));
  return ['chroot', ROOT, '/usr/sbin/asterisk', '-C', `${instance}/etc/asterisk.conf`, '-f'];
}

function asteriskConf(instance: string): string {
  return `[directories]
astetcdir => ${instance}/etc
astmoddir => /usr/lib/x86_64-linux-gnu/asterisk/modules
astvarlibdir => /usr/share/asterisk
astdbdir => ${instance}/db
astkeydir => ${instance}/keys
astdatadir => /usr/share/asterisk
astagidir => /usr/share/asterisk/agi-bin
astspooldir => ${instance}/spool
astcachedir => ${instance}/cache
astrundir => ${instance}/run
astlogdir => ${instance}/log
astsbindir => /usr/sbin
[options]
systemname = trunk
nocolor = yes
dumpcore = no
`;
}

function pjsipConf({ address, account, user, password, transport }: TrunkOptions): string {
  const server = transport === 'tls' ? `${PBX.address}:${PBX.sipTls}\\;transport=tls` : `${PBX.address}:${PBX.sip}`;
  const method = transport === 'tls' ? 'method = tlsv1_2\nverify_server = no\n' : '';
  return `[cable]
type = transport
protocol = ${transport}
bind = ${address}:5060
${method}
[login]
type = auth
auth_type = userpass
username = ${user}
password = ${password}

[pbx]
type = registration
transport = cable
outbound_auth = login
server_uri = sip:${server}
client_uri = sip:${account}@${PBX.address}
expiration = 60
auth_rejection_permanent = no
retry_interval = 20
forbidden_retry_interval = 10
max_retries = 1000

[asked]
type = aor
contact = sip:${server}
qualify_frequency = 20

[asked]
type = endpoint
transport = cable
aors = asked
outbound_auth = login
`;
}

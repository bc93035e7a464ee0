import type { AmiConfig } from '../../config/load-config.js';
import { appended, onPbx } from '../asterisk-fix.js';
import type { LoginTrace } from '../login-trace.js';
import { type Fix, type Result, resultsOf } from '../result.js';
import { speechOf } from '../speech.js';

const { mend } = resultsOf('ami-login');
const RELOAD = 'manager reload';
const BLIND = 'Without a login the exporter sees nothing.';

/** Why AMI cannot be reached or does not let us in. @param message of the AmiError. */
export async function amiLoginFault(config: AmiConfig, message: string, trace: LoginTrace): Promise<Result> {
  if (message.startsWith('login refused')) return refused(config, message, trace);
  const { host, port, tls } = config.ami;
  const speech = await speechOf(host, port);
  const place = `${host} port ${port}`;
  if (speech === 'nothing') return unreachable(config, message);
  if (speech === 'tls' && !tls) {
    return mend(`${place} speaks TLS, and AMI_TLS is false`, BLIND, set('AMI_TLS=true', `AMI_PORT=${port}`));
  }
  if (speech === 'ami' && tls) {
    const fix = set('AMI_TLS=false', `AMI_PORT=${port}`);
    return mend(`${place} speaks AMI in the clear, and AMI_TLS is true`, BLIND, fix);
  }
  if (speech === 'other') return mend(`${place}: ${message}`, BLIND, set('AMI_PORT=5038'));
  return tls && /certificate/.test(message) ? certificate(message) : mend(message, BLIND, amiOn(port));
}

function certificate(message: string): Result {
  const why = 'Whoever sits between here and the PBX could read the secret and forge events.';
  const fix = /another name/.test(message)
    ? set('AMI_TLS_SERVER_NAME=the-name-in-the-certificate')
    : set('AMI_TLS_CA_FILE=/etc/asterisk-auth-stats/ca.pem');
  return mend(message, why, fix);
}

async function unreachable({ ami: { host, port, tls } }: AmiConfig, message: string): Promise<Result> {
  const usual = port === 5038 ? 5039 : 5038;
  const speech = await speechOf(host, usual);
  if (speech === 'ami' || speech === 'tls') {
    const seen = `nothing listens on ${host} port ${port}, but AMI does on port ${usual}`;
    return mend(seen, BLIND, set(`AMI_TLS=${speech === 'tls'}`, `AMI_PORT=${usual}`));
  }
  return mend(message, BLIND, tls ? amiOverTls(port) : amiOn(port));
}

function amiOn(port: number): Fix {
  return appended('manager.conf', 'general', ['enabled = yes', `port = ${port}`], RELOAD);
}

function amiOverTls(port: number): Fix {
  const lines = ['enabled = yes', 'tlsenable = yes', `tlsbindaddr = 0.0.0.0:${port}`];
  return appended('manager.conf', 'general', lines, RELOAD);
}

/** Asterisk says the same for a wrong name, a wrong secret and an address that it does not permit: only its logs tell them apart. */
function refused({ ami: { username } }: AmiConfig, message: string, trace: LoginTrace): Result {
  const secret = ['[the section]', 'secret = the same as AMI_SECRET'];
  switch (trace.refusalOf(username)) {
    case 'user':
      return mend(`Asterisk has no AMI user "${username}" (its log says so)`, BLIND, newUser(username));
    case 'address':
      return mend(
        `Asterisk does not permit "${username}" to log in from this address (its log says so)`,
        BLIND,
        appended(
          'manager.conf',
          username,
          ['permit = 0.0.0.0/0.0.0.0 ; better: the address of this host alone'],
          RELOAD,
        ),
      );
    case 'secret':
      return mend(
        `the secret of "${username}" is another one (Asterisk's log says so)`,
        BLIND,
        onPbx([
          `# put the secret of manager.conf into AMI_SECRET or AMI_SECRET_FILE; this shows it:`,
          `sed -n '/^\\[${username}\\]/,/^\\[/s/^[[:space:]]*secret *= *//p' /etc/asterisk/manager.conf`,
        ]),
      );
    case null:
      return mend(
        `${message.slice(0, 200)}`,
        `${BLIND} The name, the secret or the address may be wrong: Asterisk tells that to its log alone, which cannot be read from here.`,
        onPbx([
          `grep -hs 'manager.c' /var/log/asterisk/messages /var/log/asterisk/messages.log /var/log/asterisk/full | tail -n 3`,
          `# "nonexistent user": AMI_USERNAME; "IP ACL": permit; neither: AMI_SECRET must be ${secret.join(', ')}`,
        ]),
      );
  }
}

function newUser(username: string): Fix {
  const lines = [`[${username}]`, 'secret = the-same-as-AMI_SECRET', 'read = security,system', 'write ='];
  return onPbx([
    ["cat >> /etc/asterisk/manager.conf <<'EOF'", '', ...lines, 'EOF'].join('\n'),
    `asterisk -rx '${RELOAD}'`,
  ]);
}

function set(...lines: readonly string[]): Fix {
  return { where: 'settings', text: lines.join('\n') };
}

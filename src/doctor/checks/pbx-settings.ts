import { appended, commentingSection, onPbx, reloading } from '../asterisk-fix.js';
import type { Pbx, Section } from '../pbx.js';
import { type Fix, type Result, resultsOf } from '../result.js';

const SKEW_MS_MAX = 5_000;
const REPORTING = 'write = reporting for this AMI user would show it, and may change nothing.';
const CONFIG = 'write = config for an AMI user would show it; it may also change files, so take it back afterwards.';

/** How the PBX itself is set up, beside the way that its events take. @param isFreePbx whether a GUI writes its files. */
export async function pbxResults(pbx: Pbx, isFreePbx: boolean, now: () => number): Promise<Result[]> {
  return [
    await clock(pbx, now),
    await web(pbx),
    ...(await endpoints(pbx, isFreePbx)),
    await chanSip(pbx),
    await logger(pbx),
    power(pbx),
  ];
}

async function clock(pbx: Pbx, now: () => number): Promise<Result> {
  const { good, unseen, mend } = resultsOf('clock');
  const skew = await pbx.clockSkew(now);
  if (skew === null) return unseen("the PBX's clock", 'Its answer to a ping has no time.');
  const seconds = (Math.abs(skew.ms) / 1000).toFixed(1);
  if (Math.abs(skew.ms) - skew.errorMs <= SKEW_MS_MAX) return good(`the clocks differ by ${seconds} s`);
  return mend(
    `the PBX's clock is ${seconds} s ${skew.ms > 0 ? 'ahead of' : 'behind'} ours`,
    'Events carry its time: rates, alerts and what bans remember are off by as much.',
    { where: 'pbx', text: 'timedatectl set-ntp true # and the same on this host' },
  );
}

async function web(pbx: Pbx): Promise<Result> {
  const { good, unseen, mend } = resultsOf('webenabled');
  const isOn = await webIsOn(pbx);
  if (isOn === null)
    return unseen('whether AMI is open over HTTP (webenabled)', REPORTING, look('manager show settings'));
  if (!isOn) return good('AMI is not open over HTTP');
  return mend(
    'webenabled = yes: AMI is open over HTTP, if http.conf has enabled = yes',
    'Over HTTP, a stranger can write whole events into AMI. They are refused where they show, but not all do.',
    appended('manager.conf', 'general', ['webenabled = no'], 'manager reload'),
  );
}

async function webIsOn(pbx: Pbx): Promise<boolean | null> {
  const settings = await pbx.settings();
  if (settings !== null) return settings['CoreHTTPenabled'] === 'Yes';
  const general = await pbx.section('manager.conf', 'general');
  return general === null ? null : isYes(last(general, 'webenabled') ?? 'no');
}

async function endpoints(pbx: Pbx, isFreePbx: boolean): Promise<Result[]> {
  const global = await pbx.section('pjsip.conf', 'global');
  const anonymous = await pbx.section('pjsip.conf', 'anonymous');
  return [identifiers(global), strangers(anonymous, isFreePbx)];
}

function identifiers(global: Section | null): Result {
  const { good, unseen, mend } = resultsOf('endpoint-identifiers');
  if (global === null) return unseen('endpoint_identifier_order of pjsip.conf', CONFIG, look('pjsip show settings'));
  const order = last(global, 'endpoint_identifier_order') ?? 'ip,username,anonymous';
  const words = order.split(',').map((word) => word.trim());
  if (!words.includes('auth_username')) return good(`endpoint_identifier_order = ${order}`);
  const rest = words.filter((word) => word !== 'auth_username').join(',');
  return mend(
    `endpoint_identifier_order = ${order}`,
    'With auth_username, an unknown account raises InvalidAccountID only from the fifth request within five seconds on: slow guessing at accounts shows as challenges alone. Leave it if phones are found by it (identify_by = auth_username).',
    appended('pjsip.conf', 'global', [`endpoint_identifier_order = ${rest}`], 'core restart when convenient'),
  );
}

function strangers(anonymous: Section | null, isFreePbx: boolean): Result {
  const { good, unseen, mend } = resultsOf('anonymous-endpoint');
  if (anonymous === null)
    return unseen('whether there is an endpoint anonymous', CONFIG, look('pjsip show endpoint anonymous'));
  if (!anonymous.some(([key, value]) => key === 'type' && value === 'endpoint')) return good('no endpoint anonymous');
  return mend(
    'pjsip.conf has an endpoint anonymous',
    'Strangers are let in there: their calls raise no security event at all, and a scan shows as FailedACL alone.',
    isFreePbx
      ? ANONYMOUS_GUI
      : onPbx([commentingSection('pjsip.conf', 'anonymous'), reloading('module reload res_pjsip.so')]),
  );
}

const ANONYMOUS_GUI: Fix = {
  where: 'pbx',
  text: '# FreePBX: Settings, Asterisk SIP Settings, Allow Anonymous Inbound SIP Calls: No; then Apply Config',
};

async function chanSip(pbx: Pbx): Promise<Result> {
  const { good, unseen, mend } = resultsOf('alwaysauthreject');
  // Listed beside CoreSettings for the same classes, if chan_sip is loaded.
  if (pbx.may('CoreSettings') && !pbx.may('SIPpeers')) return good('chan_sip is not loaded');
  const general = await pbx.section('sip.conf', 'general');
  if (general === null) return unseen('alwaysauthreject of chan_sip', CONFIG, look('sip show settings'));
  if (isYes(last(general, 'alwaysauthreject') ?? 'yes')) return good('alwaysauthreject is on, or there is no chan_sip');
  return mend(
    'alwaysauthreject = no in sip.conf',
    'chan_sip then tells strangers which accounts there are.',
    appended('sip.conf', 'general', ['alwaysauthreject = yes'], 'sip reload'),
  );
}

async function logger(pbx: Pbx): Promise<Result> {
  const { good, note, unseen } = resultsOf('logger');
  const files = await pbx.section('logger.conf', 'logfiles');
  if (files === null) return unseen('the files of logger.conf', CONFIG, look('logger show channels'));
  const seen = `logger.conf: ${files
    .map(([file, levels]) => `${file} => ${levels}`)
    .join('; ')
    .slice(0, 300)}`;
  if (files.some(([, levels]) => /\b(security|\*)/.test(levels))) return good(seen);
  return note(
    seen,
    'No file has the level security: after an outage of the exporter there is nothing to replay.',
    appended('logger.conf', 'logfiles', ['security => security'], 'logger reload'),
  );
}

const POWERFUL = ['Originate', 'UpdateConfig', 'Command', 'ModuleLoad'];

function power(pbx: Pbx): Result {
  const { good, note } = resultsOf('permissions');
  const may = POWERFUL.filter((action) => pbx.may(action));
  if (may.length === 0) return good('this AMI user may change nothing');
  return note(
    `this AMI user may do ${may.join(', ')}`,
    'Whoever gets its secret gets the PBX. The exporter needs write = and nothing behind it.',
  );
}

function last(section: Section, key: string): string | undefined {
  return section.findLast(([name]) => name === key)?.[1];
}

/** As Asterisk's `ast_true`. */
function isYes(value: string): boolean {
  return /^(yes|true|y|t|1|on)$/i.test(value.trim());
}

function look(command: string): Fix {
  return { where: 'pbx', text: `asterisk -rx '${command}'` };
}

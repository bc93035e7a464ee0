import type { AmiConfig } from '../../config/load-config.js';
import { SECURITY_EVENT_NAMES } from '../../domain/security-event.js';
import { SAFE_EVENTFILTER } from '../../sources/ami/hearing.js';
import { failToLogIn, probeName } from '../../sources/ami/probe.js';
import { appending, commenting, onPbx, reloading } from '../asterisk-fix.js';
import { filteringOf } from '../event-filters.js';
import { connectorOptions, type Pbx, type Section } from '../pbx.js';
import { type Fix, type Result, resultsOf } from '../result.js';

const security = resultsOf('security-events');
const types = resultsOf('event-types');
const system = resultsOf('system-events');

/** What stands in manager.conf of us; null where we may not look. */
interface Written {
  readonly user: Section | null;
  readonly general: Section | null;
}

/** Whether security events of every type arrive. @param file in which users of manager.conf are kept. */
export async function hearingResults(
  config: AmiConfig,
  pbx: Pbx,
  file: string,
  signal: AbortSignal,
): Promise<Result[]> {
  const { username } = config.ami;
  const [isHeard, isSystemHeard] = await Promise.all([
    pbx.hears('SuccessfulAuth', ({ account }) => account === username),
    pbx.hearsSystem('FullyBooted'),
  ]);
  const user = await pbx.section('manager.conf', username);
  const general = await pbx.section('manager.conf', 'general');
  const fix = mending(username, file, { user, general });
  return [
    isHeard ? security.good('Asterisk reported this very login as a security event') : deaf(fix, { user, general }),
    isSystemHeard ? system.good('events of the class system arrive') : withoutSystem(username, file),
    await typesResult(config, pbx, { user, general }, fix, signal),
  ];
}

function deaf(fix: Fix, written: Written): Result {
  const seen = `logged in, but this very login was not reported as a security event: ${causes(written)}`;
  return security.mend(seen, 'No failed login is reported either: there are no meters, no alerts and no bans.', fix);
}

function causes({ user, general }: Written): string {
  if (user === null) return 'the class security is missing, or an eventfilter or disabledevents hides it';
  const read = lastValue(user, 'read');
  const found = [
    grants(read) ? [] : [`read = ${read}`],
    filteringOf(user).lines,
    disabledIn(general).length > 0 ? [`disabledevents = ${lastValue(general, 'disabledevents')}`] : [],
  ].flat();
  return found.length === 0 ? 'manager.conf was changed and not reloaded?' : `manager.conf says ${found.join('; ')}`;
}

function grants(read: string): boolean {
  return read.split(',').some((word) => ['security', 'all'].includes(word.trim()));
}

function lastValue(section: Section | null, key: string): string {
  return section?.findLast(([name]) => name === key)?.[1] ?? '';
}

function disabledIn(general: Section | null): string[] {
  const disabled = lastValue(general, 'disabledevents')
    .split(',')
    .map((name) => name.trim());
  return SECURITY_EVENT_NAMES.filter((name) => disabled.includes(name));
}

/** Mends what stands in the way; all that can, where nobody knows what does. */
function mending(username: string, file: string, { user, general }: Written): Fix {
  const commands: string[] = [];
  if (user === null || filteringOf(user).lines.length > 0) commands.push(commenting(file, username, 'eventfilter'));
  if (user === null || !grants(lastValue(user, 'read'))) {
    commands.push(appending(file, username, ['read = security,system']));
  }
  if (user === null || disabledIn(general).length > 0) {
    commands.push(appending('manager.conf', 'general', ['disabledevents =']));
  }
  commands.push(reloading('manager reload'), '# then restart the exporter: a filter holds until the next login');
  return onPbx(commands);
}

function withoutSystem(username: string, file: string): Result {
  return system.note(
    'events of the class system do not arrive',
    'With chan_sip no login is proven without them (PeerStatus), and a stop of Asterisk is not told from a lost connection.',
    onPbx([appending(file, username, ['read = security,system']), reloading('manager reload')]),
  );
}

async function typesResult(
  config: AmiConfig,
  pbx: Pbx,
  written: Written,
  fix: Fix,
  signal: AbortSignal,
): Promise<Result> {
  const { user, general } = written;
  const why = 'What is hidden is counted nowhere, and nobody is banned for it.';
  if (user !== null) {
    const { hidden, evadable, lines, unknown } = filteringOf(user);
    const all = [...new Set([...hidden, ...disabledIn(general)])];
    if (all.length > 0) {
      return types.mend(
        `hidden by manager.conf: ${all.join(', ')} (${[...lines, ...disabledLine(general)].join('; ')})`,
        why,
        fix,
      );
    }
    if (evadable.length > 0) {
      return types.mend(
        `a client can hide its own events: ${evadable.join('; ')}`,
        `Such a filter searches the whole event, and clients choose their names and Call-IDs. ${SAFE_EVENTFILTER} hides nothing.`,
        fix,
      );
    }
    if (unknown.length > 0 && !config.ami.probe) {
      return types.unseen(
        `nobody knows here what these let through: ${unknown.join('; ')}`,
        'AMI_PROBE=true tries it out.',
      );
    }
  }
  if (config.ami.probe) return probed(config, pbx, fix, why, signal);
  if (user !== null) return types.good('no eventfilter and no disabledevents hides a security event');
  return types.unseen(
    'whether an eventfilter hides some types',
    'write = config would show manager.conf (and could change it), or AMI_PROBE=true fails to log in once and looks whether that is reported.',
    { where: 'settings', text: 'AMI_PROBE=true' },
  );
}

function disabledLine(general: Section | null): string[] {
  return disabledIn(general).length > 0 ? [`disabledevents = ${lastValue(general, 'disabledevents')}`] : [];
}

async function probed(config: AmiConfig, pbx: Pbx, fix: Fix, why: string, signal: AbortSignal): Promise<Result> {
  const name = probeName();
  if (!(await failToLogIn(connectorOptions(config), name, signal))) {
    return types.unseen(
      'whether failed logins are reported: Asterisk did not answer a second login',
      'Try again later.',
    );
  }
  return (await pbx.hears('InvalidAccountID', ({ account }) => account === name))
    ? types.good('a failed login that was made on purpose was reported')
    : types.mend('a failed login that was made on purpose was not reported: InvalidAccountID is hidden', why, fix);
}

import { existsSync } from 'node:fs';
import type { AmiConfig, ExporterConfig } from '../config/load-config.js';
import { AmiError } from '../sources/ami/ami-error.js';
import { visibleText } from '../text/visible-text.js';
import { amiLoginFault } from './checks/ami-login.js';
import { blockerResult } from './checks/blocker.js';
import { hearingResults } from './checks/hearing.js';
import { logResult } from './checks/log-file.js';
import { meterNamesResult } from './checks/meter-names.js';
import { pbxResults } from './checks/pbx-settings.js';
import { exporterResult } from './checks/running-exporter.js';
import { stateResult } from './checks/state-dir.js';
import { statsdResult } from './checks/statsd.js';
import { terminalResult } from './checks/terminal.js';
import { LoginTrace } from './login-trace.js';
import { Pbx } from './pbx.js';
import { countOf, reportJson, reportText } from './report.js';
import { type Result, resultsOf } from './result.js';

export interface DoctorOptions {
  readonly config: ExporterConfig;
  readonly controlSocket: string;
  /** SSH_CONNECTION or SSH_CLIENT; null without. */
  readonly terminal: string | null;
  /** Where Asterisk's logs are, if they are here. */
  readonly logs: string;
  readonly json: boolean;
  readonly now: () => number;
  readonly write: (text: string) => void;
}

/** Looks at everything that can be wrong, and says what is. @returns whether nothing is to mend. */
export async function runDoctor(options: DoctorOptions, signal: AbortSignal): Promise<boolean> {
  const results = await examine(options, signal);
  options.write(options.json ? reportJson(results) : reportText(results));
  return countOf(results, 'mend') === 0;
}

async function examine(options: DoctorOptions, signal: AbortSignal): Promise<Result[]> {
  const { config, controlSocket, terminal, now } = options;
  const [source, statsd, blocker, exporter] = await Promise.all([
    config.source === 'ami' ? amiResults(config, options, signal) : Promise.resolve([logResult(config, now())]),
    statsdResult(config),
    blockerResult(config, controlSocket),
    exporterResult(config),
  ]);
  const alone = [meterNamesResult(config), stateResult(config), terminalResult(config, terminal)];
  return [...source, statsd, blocker, exporter, ...alone];
}

async function amiResults(config: AmiConfig, { logs, now }: DoctorOptions, signal: AbortSignal): Promise<Result[]> {
  const { good, unseen } = resultsOf('ami-login');
  const { username } = config.ami;
  const trace = new LoginTrace(logs);
  const results: Result[] = [];
  let pbx: Pbx | null = null;
  try {
    pbx = await Pbx.open(config);
    results.push(good(`logged in as "${visibleText(username, 256)}"`));
    const isFreePbx = await hasFreePbx(pbx);
    const file = isFreePbx ? 'manager_custom.conf' : 'manager.conf';
    results.push(...(await hearingResults(config, pbx, file, signal)));
    results.push(...(await pbxResults(pbx, isFreePbx, now)));
    if (isFreePbx) results.push(await keptUser(pbx, username));
  } catch (error) {
    if (!(error instanceof AmiError)) throw error;
    const fault = visibleText(error.message, 400);
    if (pbx === null) results.push(await amiLoginFault(config, error.message, trace));
    else results.push(unseen(`the rest of the PBX: ${fault}`, 'The connection did not last. Try again.'));
  } finally {
    pbx?.close();
  }
  return results;
}

/** FreePBX names itself in pjsip.conf, and leaves a file where it is installed. */
async function hasFreePbx(pbx: Pbx): Promise<boolean> {
  const global = await pbx.section('pjsip.conf', 'global');
  const isNamed = global?.some(([key, value]) => key === 'user_agent' && value.startsWith('FPBX')) ?? false;
  return isNamed || existsSync('/etc/freepbx.conf');
}

/** FreePBX writes manager.conf anew. */
async function keptUser(pbx: Pbx, username: string): Promise<Result> {
  const { good, mend, unseen } = resultsOf('freepbx');
  const sections = [
    await pbx.section('manager_custom.conf', username),
    await pbx.section('manager_additional.conf', username),
  ];
  if (sections.includes(null)) {
    return unseen('whether the AMI user is in manager_custom.conf', 'write = config would show it.', {
      where: 'pbx',
      text: `grep -F '[${username}]' /etc/asterisk/manager_custom.conf`,
    });
  }
  if (sections.some((section) => section !== null && section.length > 0)) return good('FreePBX keeps the AMI user');
  return mend(
    'the AMI user is not in manager_custom.conf',
    'FreePBX writes manager.conf anew, and the user is gone then.',
    {
      where: 'pbx',
      text: [
        "cat >> /etc/asterisk/manager_custom.conf <<'EOF'",
        '',
        `[${username}]`,
        'secret = the-same-as-AMI_SECRET',
        'read = security,system',
        'write =',
        'EOF',
        "asterisk -rx 'manager reload'",
      ].join('\n'),
    },
  );
}

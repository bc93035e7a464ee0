// This program's two processes at the PBX' end, as their users start them: built, with their defaults, and with a state that
// outlives them.
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startInside } from './network.mjs';

const PROGRAM = process.env['DIST'] ?? fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** `settings` go over the defaults; the log is `<directory>/blocker.log`. */
export function startBlocker({ directory, decisionSocket, settings = {} }) {
  return start('blocker', directory, {
    FIREWALL: process.env['FIREWALL'] ?? 'nftables',
    DECISION_SOCKET: decisionSocket,
    CONTROL_SOCKET: `${directory}/control.sock`,
    STATE_DIR: `${directory}/blocker`,
    ...settings,
  });
}

export function startExporter({ directory, decisionSocket, amiPort, settings = {} }) {
  return start('run', directory, {
    AMI_HOST: '127.0.0.1',
    AMI_PORT: String(amiPort),
    AMI_USERNAME: 'bench',
    AMI_SECRET: 'bench',
    DECISION_SOCKET: decisionSocket,
    STATE_DIR: `${directory}/exporter`,
    ...settings,
  });
}

function start(command, directory, env) {
  const log = openSync(`${directory}/${command}.log`, 'a');
  const program = command === 'blocker' && process.env['BLOCKER'] ? [process.env['BLOCKER']] : [PROGRAM, command];
  return startInside('pbx', [process.execPath, ...program], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', log, log],
  });
}

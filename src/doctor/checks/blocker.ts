import { accessSync, constants, statSync } from 'node:fs';
import type { ExporterConfig } from '../../config/load-config.js';
import { ControlClient } from '../../operator/client.js';
import { ControlError } from '../../operator/error.js';
import { visiblePath, visibleText } from '../../text/visible-text.js';
import { type Result, resultsOf } from '../result.js';

const BLOCKER_START = 'systemctl enable --now asterisk-auth-stats-blocker';

/** The blocker: there, reachable, and banning in earnest. */
export async function blockerResult({ decision: { socket } }: ExporterConfig, controlSocket: string): Promise<Result> {
  const { good, mend, note, unseen } = resultsOf('blocker');
  if (socket === null)
    return note('DECISION_SOCKET is not set', 'Bans are only logged. That is right where nothing is to be banned.');
  const path = visiblePath(socket);
  try {
    accessSync(socket, constants.W_OK);
    if (!statSync(socket).isSocket()) throw Object.assign(new Error(), { code: 'ENOTSOCK' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isDenied = code === 'EACCES';
    return mend(`${path} cannot be used: ${code}`, 'Nobody is banned.', {
      where: 'here',
      text: isDenied ? 'usermod -a -G asterisk-auth-stats "$(id -un)"' : BLOCKER_START,
    });
  }
  try {
    const client = await ControlClient.open({ path: controlSocket, silenceMs: 5_000 });
    const { firewall, fault, desired, enforced } = await client.status().finally(() => client.close());
    if (fault !== null)
      return mend(`the blocker's ${firewall} fails: ${visibleText(fault, 200)}`, 'Bans are not in force.', {
        where: 'here',
        text: 'journalctl -u asterisk-auth-stats-blocker -n 20',
      });
    if (firewall === 'dry-run') {
      return mend('the blocker is attached, but only logs whom it would ban', 'Nobody is kept out.', {
        where: 'settings',
        text: 'FIREWALL=nftables',
      });
    }
    return good(`the blocker bans with ${firewall}: ${enforced} of ${desired} bans are in force`);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    const seen = `the blocker does not answer: ${error.message}`;
    if (error.failure === 'not-permitted') return unseen(seen, 'Run doctor as root to see its state.');
    return mend(seen, 'Nobody knows whether bans are in force.', { where: 'here', text: BLOCKER_START });
  }
}

import { accessSync, constants, statSync } from 'node:fs';
import type { ExporterConfig } from '../../config/load-config.js';
import { visiblePath } from '../../text/visible-text.js';
import { type Result, resultsOf } from '../result.js';

/** STATE_DIR: there, a directory, and ours to write in. */
export function stateResult({ stateDir }: ExporterConfig): Result {
  const { good, mend, note } = resultsOf('state-dir');
  const text = 'STATE_DIR=/var/lib/asterisk-auth-stats';
  if (stateDir === null)
    return note('STATE_DIR is not set', 'A restart forgets who lives where.', { where: 'settings', text });
  const path = visiblePath(stateDir);
  try {
    accessSync(stateDir, constants.W_OK | constants.X_OK);
    if (statSync(stateDir).isDirectory()) return good(`${path} can be written to`);
    return mend(`${path} is no directory`, 'The exporter does not start.', { where: 'settings', text });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return mend(`${path} cannot be written to: ${code}`, 'The exporter does not start.', {
      where: 'here',
      text: `install -d -m 700 -o "$(id -un)" '${path.replaceAll("'", "'\\''")}' # as the user that the exporter runs as`,
    });
  }
}

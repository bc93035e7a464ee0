import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import type { LogConfig } from '../../config/load-config.js';
import { MessagesLog } from '../../sources/log/messages-log.js';
import { SecurityLog } from '../../sources/log/security-log.js';
import { visiblePath } from '../../text/visible-text.js';
import { durationWords } from '../../text/words.js';
import { type Result, resultsOf } from '../result.js';

const TAIL_BYTES = 262_144;

/** LOG_FILE: readable, written to, and of a form that its reader understands. */
export function logResult(config: LogConfig, now: number): Result {
  const { good, mend, note } = resultsOf('log-file');
  const { file, silenceSeconds } = config.log;
  const path = visiblePath(file);
  const tail = tailOf(file);
  if (typeof tail === 'string') {
    const grant = `setfacl -m u:asterisk-auth-stats:r ${path} # or SupplementaryGroups=asterisk in the unit`;
    return mend(`${path} cannot be read: ${tail}`, 'Nothing is counted.', { where: 'here', text: grant });
  }
  const counts = countsOf(config.source, tail.text);
  const silent = Math.round((now - tail.changedAt) / 1000);
  if (silent > silenceSeconds) {
    return mend(
      `nothing was written to ${path} for ${durationWords(silent)}`,
      'It may be the wrong file, or the level is off.',
      levels(config.source),
    );
  }
  const seen = `${path}: ${counts.events} security events, ${counts.malformed} malformed, ${counts.ignored} other lines in its last ${tail.text.length} bytes`;
  if (counts.events > 0) return good(seen);
  if (tail.text.length === 0) return note(seen, 'It is empty: that tells nothing yet.');
  return mend(seen, 'If that stays so, nothing is counted.', levels(config.source));
}

function levels(source: LogConfig['source']) {
  const line = source === 'security-log' ? 'security => security' : 'messages => notice,warning,error';
  const text = [
    "cat >> /etc/asterisk/logger.conf <<'EOF'",
    '',
    '[logfiles](+)',
    line,
    'EOF',
    "asterisk -rx 'logger reload'",
  ];
  return { where: 'pbx', text: text.join('\n') } as const;
}

function countsOf(source: LogConfig['source'], text: Buffer) {
  const counts = { events: 0, malformed: 0, ignored: 0 };
  const output = {
    onEvent: () => {
      counts.events++;
    },
    onMalformed: () => {
      counts.malformed++;
    },
    onIgnored: () => {
      counts.ignored++;
    },
  };
  const reader =
    source === 'security-log'
      ? new SecurityLog({ pbx: '' }, output)
      : new MessagesLog({ pbx: '', clock: Date.now }, output);
  const lines = text.subarray(0, text.lastIndexOf('\n') + 1);
  if (lines.length > 0) reader.read(lines, true);
  reader.settle();
  return counts;
}

/** @returns why it cannot be read, or its end from the beginning of a line on. */
function tailOf(path: string): string | { readonly text: Buffer; readonly changedAt: number } {
  try {
    const { size, mtimeMs } = statSync(path);
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const from = Math.max(0, size - TAIL_BYTES);
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
      const read = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
      return { text: from === 0 ? read : read.subarray(read.indexOf('\n') + 1), changedAt: mtimeMs };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'it is no file';
  }
}

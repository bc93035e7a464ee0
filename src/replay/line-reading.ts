import type { SecurityEvent } from '../domain/security-event.js';
import type { LogReaderOutput } from '../sources/log/log-reader.js';
import { MessagesLog } from '../sources/log/messages-log.js';
import { SecurityLog } from '../sources/log/security-log.js';
import type { LinePattern } from '../text/line-pattern.js';
import { visibleText } from '../text/visible-text.js';

/** What each of the two readers makes of one line, in words: one line for each reader. */
export function lineReading(line: string, patterns: readonly LinePattern[], now: number): string {
  const security = readBy((output) => new SecurityLog({ pbx: '' }, output), line);
  const messages = readBy((output) => new MessagesLog({ pbx: '', clock: () => now, patterns }, output), line);
  return `${visibleText(line)}\n  security-log: ${security}\n  messages-log: ${messages}`;
}

interface Reader {
  read(lines: Buffer, isFirst: boolean): void;
  settle(): void;
}

function readBy(open: (output: LogReaderOutput) => Reader, line: string): string {
  let said = 'passed over';
  const reader = open({
    onEvent: (event) => {
      said = eventWords(event);
    },
    onMalformed: (reason) => {
      said = `malformed (${reason})`;
    },
    onIgnored: () => undefined,
  });
  reader.read(Buffer.from(`${line}\n`), true);
  reader.settle();
  return said;
}

function eventWords({ event, service, account, remote, at }: SecurityEvent): string {
  const name = account === null ? 'no account' : `account ${visibleText(account)}`;
  return `${event} of ${service}, ${remote.address} port ${remote.port}, ${name}, ${new Date(at).toISOString()}`;
}

import type { SecurityEvent } from '../../../src/domain/security-event.js';
import type { MalformedReason } from '../../../src/domain/source.js';
import { MessagesLog } from '../../../src/sources/log/messages-log.js';

/** 21 November 2026, noon, of the zone that the tests run in. */
export const NOW = new Date(2026, 10, 21, 12).getTime();

export type Output = SecurityEvent | MalformedReason | 'ignored';

export function newReader() {
  const outputs: Output[] = [];
  const reader = new MessagesLog(
    { pbx: 'test-pbx', clock: () => NOW },
    {
      onEvent: (event) => outputs.push(event),
      onMalformed: (reason) => outputs.push(reason),
      onIgnored: () => outputs.push('ignored'),
    },
  );
  return { reader, outputs };
}

/** What the lines give, one output for each. */
export function readMessages(text: string): Output[] {
  const { reader, outputs } = newReader();
  reader.read(Buffer.from(text), true);
  return outputs;
}

/** An event as one short text: service, type, what the type adds, account, endpoint and port. */
export function briefOf(output: Output | undefined): string {
  if (output === undefined || typeof output === 'string') return String(output);
  const { service, event, account, remote } = output;
  const detail = 'aclName' in output ? output.aclName : 'requestType' in output ? output.requestType : '';
  return [service, event, detail ?? '-', account ?? '-', `${remote.endpoint}:${remote.port}`].join(' ');
}

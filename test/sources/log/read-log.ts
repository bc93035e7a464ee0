import type { SecurityEvent } from '../../../src/domain/security-event.js';
import type { MalformedReason } from '../../../src/domain/source.js';
import { SecurityLog } from '../../../src/sources/log/security-log.js';

export type Output = SecurityEvent | MalformedReason | 'ignored';

/** A reader and all that it handed out, in order. */
export class ReadLog extends SecurityLog {
  readonly outputs: Output[];

  constructor() {
    const outputs: Output[] = [];
    super(
      { pbx: 'test-pbx' },
      {
        onEvent: (event) => outputs.push(event),
        onMalformed: (reason) => outputs.push(reason),
        onIgnored: () => outputs.push('ignored'),
      },
    );
    this.outputs = outputs;
  }
}

/** Reads a whole file in one piece, to its end. */
export function readLog(file: Buffer | string): Output[] {
  const reader = new ReadLog();
  reader.read(Buffer.from(file), true);
  reader.settle();
  return reader.outputs;
}

export function eventsOf(outputs: readonly Output[]): SecurityEvent[] {
  return outputs.filter((output) => typeof output !== 'string');
}

/** With the number of the guess in the place of its hash, which is not the same in AMI: guesses are equal where they were. */
export function numbered<Event extends SecurityEvent>(events: readonly Event[]): Event[] {
  const numbers = new Map<number, number>();
  const numberOf = (guess: number) => {
    if (!numbers.has(guess)) numbers.set(guess, numbers.size + 1);
    return numbers.get(guess);
  };
  return events.map((event) =>
    'guess' in event && event.guess !== null ? { ...event, guess: numberOf(event.guess) } : event,
  );
}

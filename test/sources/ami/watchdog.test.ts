import { EventEmitter, once } from 'node:events';
import t from 'tap';
import type { AmiConnection } from '../../../src/sources/ami/connection.js';
import { type WatchdogOptions, watch } from '../../../src/sources/ami/watchdog.js';

/** A connection as far as the watchdog knows one. */
class Line extends EventEmitter {
  heardAt = performance.now();
  asked = 0;
  reason: string | null = null;

  get lastByteAt(): number {
    this.asked++;
    this.emit('asked');
    return this.heardAt;
  }

  get isConnected(): boolean {
    return this.reason === null;
  }

  close(reason: string): void {
    this.reason = reason;
    this.emit('close');
  }
}

function watchLine(line: Line, options: WatchdogOptions, sendPing: () => void = () => undefined): void {
  watch(line as unknown as AmiConnection, sendPing, options);
}

/** Has something to say when its deadline passes, before it is given up: what was only waiting to be read. */
class LateLine extends Line {
  pingedAt = Number.POSITIVE_INFINITY;
  say: () => void = () => undefined;

  override get lastByteAt(): number {
    // The watchdog read its clock a moment ago, so the deadline may have passed for it and not yet for us.
    if (performance.now() >= this.pingedAt + DEADLINE_MS / 2) setImmediate(this.say);
    return super.lastByteAt;
  }
}

const DEADLINE_MS = 40;

await t.test('a mute peer gets one ping and is dropped', async (t) => {
  const line = new Line();
  const startedAt = performance.now();
  let pings = 0;
  watchLine(line, { pingMs: 30, deadlineMs: 20 }, () => pings++);
  await once(line, 'close');
  t.equal(pings, 1);
  t.equal(line.reason, 'mute: no answer to a ping within 0.02 s');
  t.ok(performance.now() - startedAt > 45, 'not before its time');
});

await t.test('a peer that answers is pinged again and again, and kept', async (t) => {
  const line = new Line();
  let pings = 0;
  watchLine(line, { pingMs: 5, deadlineMs: 5 }, () => {
    pings++;
    // The answer, in time however slow the machine is.
    line.heardAt = performance.now() + 0.001;
    line.emit('ping');
  });
  while (pings < 4) await once(line, 'ping');
  t.equal(line.reason, null);
  line.close('by the test');
});

await t.test('a deadline longer than the wait for a ping does not delay the next ping', async (t) => {
  const line = new Line();
  const pingedAt: number[] = [];
  watchLine(line, { pingMs: 20, deadlineMs: 2_000 }, () => {
    pingedAt.push(performance.now());
    if (pingedAt.length === 1) line.heardAt = performance.now() + 0.001;
    line.emit('ping');
  });
  while (pingedAt.length < 2) await once(line, 'ping');
  const [first = 0, second = 0] = pingedAt;
  t.ok(second - first < 1_500, 'mute since its first answer, and asked long before the first deadline');
  line.close('by the test');
});

await t.test('an answer that only waits to be read is an answer', async (t) => {
  const line = new LateLine();
  let pings = 0;
  watchLine(line, { pingMs: DEADLINE_MS, deadlineMs: DEADLINE_MS }, () => {
    pings++;
    line.pingedAt = performance.now();
    line.emit('ping');
  });
  line.say = () => {
    line.pingedAt = Number.POSITIVE_INFINITY;
    line.heardAt = performance.now();
  };
  while (pings < 2) await once(line, 'ping');
  t.equal(line.reason, null);
  line.close('by the test');
});

await t.test('a peer that speaks by itself is not pinged', async (t) => {
  class TalkativeLine extends Line {
    override get lastByteAt(): number {
      this.heardAt = performance.now();
      return super.lastByteAt;
    }
  }
  const line = new TalkativeLine();
  let pings = 0;
  watchLine(line, { pingMs: 3, deadlineMs: 3 }, () => pings++);
  while (line.asked < 5) await once(line, 'asked');
  t.equal(pings, 0);
  line.close('by the test');
});

await t.test('the watch ends with the connection, at any moment', async (t) => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const line = new Line();
  watchLine(line, { pingMs: 60_000, deadlineMs: 60_000 });
  t.equal(timers(), before + 1);
  line.close('by somebody else');
  t.equal(timers(), before);

  const late = new LateLine();
  late.say = () => late.close('just before it would have been dropped');
  watchLine(late, { pingMs: DEADLINE_MS, deadlineMs: DEADLINE_MS }, () => {
    late.pingedAt = performance.now();
  });
  await once(late, 'close');
  await new Promise(setImmediate);
  t.equal(late.reason, 'just before it would have been dropped');
  t.equal(timers(), before);
});

import { readFileSync } from 'node:fs';
import t from 'tap';
import { AttemptReader } from '../../src/detection/attempts.js';
import type { Observation } from '../../src/domain/attempt.js';
import { recordedStreams } from '../fixtures/recordings/recorded-streams.js';
import { readStream } from '../sources/ami/read-stream.js';

/** What a person counts in a recording. */
interface Counted {
  /** By outcome; an outcome that is absent did not occur. */
  readonly attempts: Readonly<Record<string, number>>;
  readonly probes: number;
  readonly note?: string;
}

const table: Record<string, Counted> = JSON.parse(
  readFileSync(new URL('../fixtures/recordings/attempts.json', import.meta.url), 'utf8'),
);
const streams = recordedStreams();

await t.test('every recording is in the table, and nothing else is', async (t) => {
  t.strictSame(Object.keys(table).sort(), [...streams.keys()].sort());
});

await t.test('in every recording as many guesses are counted as a person counts', async (t) => {
  for (const [name, stream] of streams) {
    const { attempts, probes } = table[name] ?? { attempts: {}, probes: -1 };
    t.strictSame(count(observe(stream)), { attempts, probes }, name);
  }
});

await t.test('every attempt of a recording names an account that was guessed, or none', async (t) => {
  const observations = observe(streams.get('22/pjsip-udp4-register-unknown-digest.ami') ?? Buffer.alloc(0));
  t.match(observations, [{ kind: 'success' }, { kind: 'attempt', account: '9999', proof: 'none' }]);
  for (const [name, stream] of streams) {
    for (const observation of observe(stream)) {
      if (observation.kind === 'attempt' && observation.account === '<unknown>') t.fail(name);
    }
  }
});

await t.test('no recording by itself reaches a limit', async (t) => {
  for (const [name, stream] of streams) {
    const reader = new AttemptReader({ hostsMax: 2 }, () => undefined);
    for (const event of readStream(stream).events) reader.read(event);
    t.strictSame(reader.limitsReached, { hosts: 0, sessions: 0, guesses: 0 }, name);
  }
});

function observe(stream: Buffer): Observation[] {
  const observations: Observation[] = [];
  const reader = new AttemptReader({ hostsMax: 100 }, (observation) => observations.push(observation));
  const { events } = readStream(stream);
  for (const event of events) reader.read(event);
  reader.flush((events.at(-1)?.at ?? 0) + 32_000);
  return observations;
}

function count(observations: readonly Observation[]): Counted {
  const attempts: Record<string, number> = {};
  let probes = 0;
  for (const observation of observations) {
    if (observation.kind === 'probe') probes++;
    if (observation.kind !== 'attempt') continue;
    const { outcome, guesses } = observation;
    attempts[outcome] = (attempts[outcome] ?? 0) + guesses;
  }
  return { attempts, probes };
}

import t from 'tap';
import { lowAndSlow } from '../../../src/detection/rules/low-and-slow.js';
import type { AttemptScene, SilenceScene } from '../../../src/detection/scene.js';
import { attempt, LIMITS, memoryOf, NOW } from '../observed.js';

const rule = lowAndSlow(LIMITS);

function patient(places: number, isPatient = true): AttemptScene {
  const { memory, fail } = memoryOf();
  Object.assign(memory.pbx.patient, { points: places, at: NOW });
  return { ...fail(attempt()), isPatient };
}

function silent(places: number, transport: 'UDP' | 'TLS'): SilenceScene {
  const { memory, fail } = memoryOf();
  const { place } = fail(attempt({ transport }));
  Object.assign(memory.pbx.silent, { points: places, at: NOW });
  return memory.silence({ place, guess: attempt({ transport, account: 'x' }), at: NOW }, NOW);
}

await t.test('ten places that guess here and there for half a day belong together', async (t) => {
  t.equal(rule.onAttempt?.(patient(9)), null);
  t.match(rule.onAttempt?.(patient(10)), {
    severity: 'warning',
    subject: { kind: 'pbx', text: 'pbx' },
    addresses: 10,
    ban: { target: 'place', term: 'campaign' },
  });
  t.equal(rule.onAttempt?.(patient(10, false)), null, 'whoever is not one of them');
});

await t.test('so do thirty that guessed and fell silent; over UDP that proves nothing', async (t) => {
  t.equal(rule.onSilence?.(silent(29, 'TLS')), null);
  t.match(rule.onSilence?.(silent(30, 'TLS')), { ban: { target: 'place', term: 'campaign' } });
  t.match(rule.onSilence?.(silent(30, 'UDP')), { ban: null, addresses: 30 });
});

await t.test('so do three that tried a list of accounts, once each; whoever did not is none of them', async (t) => {
  const scattered = (places: number, accounts: number): SilenceScene => {
    const { memory, failTimes } = memoryOf();
    const { place } = failTimes(accounts, (n) => attempt({ transport: 'TLS', account: `${n}` }));
    Object.assign(memory.pbx.scattered, { points: places, at: NOW });
    return memory.silence({ place, guess: attempt({ transport: 'TLS', account: '1' }), at: NOW }, NOW);
  };
  t.equal(rule.onSilence?.(scattered(1, 5)), null, 'the second with this one');
  t.match(rule.onSilence?.(scattered(2, 5)), { addresses: 3, ban: { target: 'place', term: 'campaign' } });
  t.equal(rule.onSilence?.(scattered(9, 4)), null);
});

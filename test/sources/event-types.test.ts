import t from 'tap';
import { SECURITY_EVENT_NAMES } from '../../src/domain/security-event.js';
import { EVENT_TYPES } from '../../src/sources/event-types.js';

await t.test('every event has its type under its own name', async (t) => {
  t.strictSame([...EVENT_TYPES.keys()].sort(), SECURITY_EVENT_NAMES.toSorted());
  for (const [name, type] of EVENT_TYPES) t.equal(type.name, name);
});

await t.test('what an event carries on is one of its keys, and never a secret', async (t) => {
  for (const { name, detailKey, detailOf, tailKeys } of EVENT_TYPES.values()) {
    t.equal(detailKey === null, detailOf === null, name);
    if (detailKey === null) continue;
    t.ok(tailKeys.includes(detailKey), `${name}: ${detailKey}`);
    t.notMatch(detailKey, /Challenge|Response|Hash/);
  }
});

await t.test('only what somebody guessed is hashed, and never what is right', async (t) => {
  const hashed = [...EVENT_TYPES.values()].flatMap(({ name, tailKeys, guessKey }) => {
    if (guessKey === null) return [];
    t.ok(tailKeys.includes(guessKey), name);
    return [`${name}: ${guessKey}`];
  });
  t.strictSame(hashed, ['ChallengeResponseFailed: Response', 'InvalidPassword: ReceivedHash']);
});

import t from 'tap';
import { PendingChanges } from '../../src/blocking/pending-changes.js';
import { targetOf, wantedOf } from './fixtures.js';

function newPending(targetsMax = 10) {
  const bans = new Map<string, ReturnType<typeof wantedOf>>();
  const friends = new Set<string>();
  const pending = new PendingChanges({
    wanted: { get: (key) => bans.get(key), spare: ({ key }) => friends.has(key) },
    targetsMax,
  });
  const want = (text: string) => {
    const wanted = wantedOf(text);
    bans.set(wanted.key, wanted);
    return wanted;
  };
  const ask = (text: string) => {
    const { key, target } = wantedOf(text);
    return pending.add(key, target);
  };
  return { friends, pending, want, ask };
}

await t.test('what the kernel is told is what is wanted when it is taken', async (t) => {
  const { want, pending, ask } = newPending();
  ask('203.0.113.1');
  ask('203.0.113.2');
  ask('203.0.113.1:5062');
  ask('203.0.113.1');
  t.equal(pending.size, 3);
  t.equal(pending.has('203.0.113.2/32'), true);
  t.equal(pending.has('203.0.113.2:5062'), false);
  const wanted = want('203.0.113.1');
  t.strictSame(pending.take(400_500), {
    changes: [
      { kind: 'add', target: targetOf('203.0.113.1'), seconds: 600 },
      { kind: 'remove', target: targetOf('203.0.113.2') },
      { kind: 'remove', target: targetOf('203.0.113.1:5062') },
    ],
    added: new Map([['203.0.113.1/32', wanted]]),
  });
  t.equal(pending.size, 0);
  t.strictSame(pending.take(0), { changes: [], added: new Map() });
});

await t.test('where there is no room no other target is taken', async (t) => {
  const { ask } = newPending(1);
  t.strictSame([ask('203.0.113.1'), ask('203.0.113.2'), ask('203.0.113.1')], [true, false, true]);
});

await t.test("a friend's ban is taken out of the kernel instead, and whoever asked is told", async (t) => {
  const { want, friends, pending, ask } = newPending();
  want('203.0.113.1');
  ask('203.0.113.1');
  const settled = pending.settled();
  friends.add('203.0.113.1/32');
  pending.addSpared(wantedOf('203.0.113.2'));
  const { changes, added } = pending.take(0);
  t.strictSame(
    changes.map(({ kind }) => kind),
    ['remove', 'remove'],
  );
  t.equal(added.size, 0);
  pending.settle(true);
  const { isDone, spared } = await settled;
  t.equal(isDone, true);
  t.strictSame([...spared].sort(), ['203.0.113.1/32', '203.0.113.2/32']);
  const later = pending.settled();
  pending.take(0);
  pending.settle(true);
  t.equal((await later).spared.size, 0, 'nobody else is');
});

await t.test('who asks after the taking is not answered by it, but by a failure', async (t) => {
  const { pending, ask } = newPending();
  const answers: string[] = [];
  const listen = (name: string) => pending.settled().then(({ isDone }) => answers.push(`${name} ${isDone}`));
  ask('203.0.113.1');
  void listen('first');
  pending.take(0);
  const second = listen('second');
  pending.settle(true);
  await Promise.resolve();
  t.strictSame(answers, ['first true']);
  pending.settle(false);
  await second;
  t.strictSame(answers, ['first true', 'second false']);
});

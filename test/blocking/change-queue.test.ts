import t from 'tap';
import { BanTable } from '../../src/blocking/ban-table.js';
import { ChangeQueue } from '../../src/blocking/change-queue.js';
import { heldOf, prefixOf } from './fixtures.js';

function newQueue(prefixesMax = 10) {
  const table = new BanTable(10);
  const friends = new Set<string>();
  const queue = new ChangeQueue({ table, spare: ({ ban }) => friends.has(ban.address), prefixesMax });
  const ask = (text: string) => {
    const { ban, prefix } = heldOf(text);
    return queue.add(ban.address, prefix);
  };
  return { table, friends, queue, ask };
}

await t.test('what the kernel is told is what the table says when it is taken', async (t) => {
  const { table, queue, ask } = newQueue();
  const held = heldOf('203.0.113.1');
  ask('203.0.113.1');
  ask('203.0.113.2');
  ask('203.0.113.1');
  t.equal(queue.size, 2);
  t.equal(queue.has('203.0.113.2/32'), true);
  table.set(held);
  t.strictSame(queue.take(400_500), {
    changes: [
      { kind: 'add', prefix: prefixOf('203.0.113.1'), seconds: 600 },
      { kind: 'remove', prefix: prefixOf('203.0.113.2') },
    ],
    added: [held],
  });
  t.equal(queue.size, 0);
  t.strictSame(queue.take(0), { changes: [], added: [] });
});

await t.test('a full queue takes no other prefix', async (t) => {
  const { ask } = newQueue(1);
  t.strictSame([ask('203.0.113.1'), ask('203.0.113.2'), ask('203.0.113.1')], [true, false, true]);
});

await t.test("a friend's ban is taken out of the kernel instead, and whoever asked is told", async (t) => {
  const { table, friends, queue, ask } = newQueue();
  table.set(heldOf('203.0.113.1'));
  ask('203.0.113.1');
  const settled = queue.settled();
  friends.add('203.0.113.1/32');
  queue.addSpared(heldOf('203.0.113.2'));
  const { changes, added } = queue.take(0);
  t.strictSame(
    changes.map(({ kind }) => kind),
    ['remove', 'remove'],
  );
  t.strictSame(added, []);
  queue.settle(true);
  const { isDone, spared } = await settled;
  t.equal(isDone, true);
  t.strictSame([...spared].sort(), ['203.0.113.1/32', '203.0.113.2/32']);
  const later = queue.settled();
  queue.take(0);
  queue.settle(true);
  t.equal((await later).spared.size, 0, 'nobody else is');
});

await t.test('who asks after the taking is not answered by it, but by a failure', async (t) => {
  const { queue, ask } = newQueue();
  const answers: string[] = [];
  const listen = (name: string) => queue.settled().then(({ isDone }) => answers.push(`${name} ${isDone}`));
  ask('203.0.113.1');
  void listen('first');
  queue.take(0);
  const second = listen('second');
  queue.settle(true);
  await Promise.resolve();
  t.strictSame(answers, ['first true']);
  queue.settle(false);
  await second;
  t.strictSame(answers, ['first true', 'second false']);
});

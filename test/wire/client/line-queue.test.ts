import t from 'tap';
import { LineQueue } from '../../../src/wire/client/line-queue.js';

function queueOf(lengthMax: number, ...lines: string[]): LineQueue {
  const queue = new LineQueue(lengthMax);
  for (const line of lines) queue.push(line);
  return queue;
}

await t.test('lines come out as they went in, some at a time', async (t) => {
  const queue = queueOf(9, 'a', 'b', 'c');
  t.strictSame(queue.take(2), ['a', 'b']);
  t.strictSame(queue.take(2), ['c']);
  t.strictSame(queue.take(2), []);
  t.equal(queue.dropped, 0);
});

await t.test('the oldest lines go when there are too many, and are counted', async (t) => {
  const queue = queueOf(3, 'a', 'b', 'c', 'd', 'e');
  t.equal(queue.length, 3);
  t.equal(queue.dropped, 2);
  t.strictSame(queue.take(9), ['c', 'd', 'e']);
});

await t.test('what is given back comes first again, but for what has no room any more', async (t) => {
  const queue = queueOf(3, 'a', 'b', 'c');
  const taken = queue.take(2);
  queue.giveBack(taken);
  t.equal(queue.dropped, 0);
  const again = queue.take(2);
  queue.push('d');
  queue.giveBack(again);
  t.equal(queue.dropped, 1);
  t.strictSame(queue.take(9), ['b', 'c', 'd']);
});

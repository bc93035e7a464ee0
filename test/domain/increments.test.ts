import t from 'tap';
import { Increments } from '../../src/domain/increments.js';

await t.test('each take gives what was added since the last, and nothing for what stayed', async (t) => {
  const increments = new Increments();
  t.strictSame(
    increments.take([
      ['a', 2],
      ['b', 0],
    ]),
    [{ kind: 'counter', name: 'a', value: 2 }],
  );
  t.strictSame(
    increments.take([
      ['a', 2],
      ['b', 0],
    ]),
    [],
  );
  t.strictSame(
    increments.take([
      ['a', 5],
      ['b', 1],
    ]),
    [
      { kind: 'counter', name: 'a', value: 3 },
      { kind: 'counter', name: 'b', value: 1 },
    ],
  );
});

import t from 'tap';
import { EVENT_LINES, NAME_SLOTS, slotOf } from '../../../src/sources/ami/event-lines.js';
import { EVENT_TYPES } from '../../../src/sources/event-types.js';

await t.test('every type has a line for each key of its tail, in the same order', async (t) => {
  t.strictSame([...EVENT_LINES.keys()], [...EVENT_TYPES.keys()]);
  for (const { name, tail, tailKeys, detailKey } of EVENT_LINES.values()) {
    t.strictSame(
      tail.map(({ pattern }) => pattern.length),
      tailKeys.map((key) => key.length + 2),
      name,
    );
    t.strictSame(
      tail.flatMap(({ isDetail }, index) => (isDetail ? [tailKeys[index]] : [])),
      detailKey === null ? [] : [detailKey],
    );
  }
});

await t.test('only RequestBadFormat says its account behind the addresses', async (t) => {
  const late = [...EVENT_LINES.values()].filter(({ tail }) => tail.some(({ isAccount }) => isAccount));
  t.strictSame(
    late.map(({ name }) => name),
    ['RequestBadFormat'],
  );
});

await t.test('each name of an event has a place of its own, and any other text has one too', async (t) => {
  const slots = [...EVENT_LINES.keys()].map((name) => slotOf(`Event: ${name}\r\n`, 'Event: '.length));
  t.equal(new Set(slots).size, EVENT_LINES.size);
  t.ok([...slots, slotOf('Response: Success\r\n', 7)].every((slot) => slot >= 0 && slot < NAME_SLOTS));
});

import fc from 'fast-check';
import t from 'tap';
import { hashOfBytes, hashOfText, PROCESS_KEY } from '../../src/text/keyed-hash.js';
import { rounds } from '../rounds.js';

function hashOf(bytes: Uint8Array, key: number, before = 0, behind = 0): number {
  const around = Buffer.concat([Buffer.alloc(before, 0xaa), bytes, Buffer.alloc(behind, 0xbb)]);
  const view = new DataView(around.buffer, around.byteOffset, around.length);
  return hashOfBytes(view, before, before + bytes.length, key);
}

const isInt32 = (value: number) => value === (value | 0);

await t.test('the key of the process is a 32-bit number', async (t) => {
  t.ok(isInt32(PROCESS_KEY));
});

await t.test('equal bytes have equal hashes, wherever they stand, and a hash is a 32-bit number', async (t) => {
  const check = fc.check(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer(), fc.nat(9), fc.nat(9), (bytes, key, before, behind) => {
      const hash = hashOf(bytes, key);
      return isInt32(hash) && hash === hashOf(bytes, key, before, behind);
    }),
  );
  t.notOk(check.failed, JSON.stringify(check.counterexample));
});

await t.test('a byte that is altered, put in or left out gives another hash', async (t) => {
  const check = fc.check(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 80 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (bytes, n, by) => {
        const altered = bytes.slice();
        const at = n % bytes.length;
        altered[at] = (altered[at] ?? 0) ^ by;
        return hashOf(altered, 1) !== hashOf(bytes, 1);
      },
    ),
  );
  t.notOk(check.failed, JSON.stringify(check.counterexample));
  t.not(hashOf(Buffer.from('abc\0'), 1), hashOf(Buffer.from('abc'), 1));
  t.not(hashOf(Buffer.from(''), 1), hashOf(Buffer.from('\0'), 1));
});

await t.test('another key gives other hashes', async (t) => {
  const check = fc.check(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => hashOf(bytes, 1) !== hashOf(bytes, 2)),
  );
  t.notOk(check.failed, JSON.stringify(check.counterexample));
});

await t.test('texts that are much alike are as seldom equal as chance has it', async (t) => {
  const count = rounds(200_000);
  for (const key of [1, 2]) {
    for (const make of [(n: string) => n.padStart(32, '0'), (n: string) => `${n.padStart(8, '0')}${'b'.repeat(24)}`]) {
      const hashes = new Set(Array.from({ length: count }, (_, n) => hashOf(Buffer.from(make(`${n}`)), key)));
      t.ok(count - hashes.size < 30, `${count - hashes.size} are equal; chance would give 5`);
    }
  }
});

await t.test('every bit of a hash is used', async (t) => {
  let ones = 0;
  let zeros = 0;
  for (let n = 0; n < 200; n++) {
    const hash = hashOf(Buffer.from(`${n}`.padStart(32, '0')), 1);
    ones |= hash;
    zeros |= ~hash;
  }
  t.strictSame([ones, zeros], [-1, -1]);
});

await t.test('a text up to the limit is told apart by each of its letters', async (t) => {
  const check = fc.check(
    fc.property(fc.string({ unit: 'binary', maxLength: 16 }), fc.string({ unit: 'binary', maxLength: 16 }), (a, b) => {
      return isInt32(hashOfText(a, 1, 32)) && (hashOfText(a, 1, 32) === hashOfText(b, 1, 32)) === (a === b);
    }),
  );
  t.notOk(check.failed, JSON.stringify(check.counterexample));
  t.not(hashOfText('a', 1, 8), hashOfText('a', 2, 8));
});

await t.test('of a longer text the length and letters of all parts count', async (t) => {
  const text = 'a'.repeat(1000);
  const altered = (at: number, length: number) => text.slice(0, at) + 'b'.repeat(length) + text.slice(at + length);
  t.not(hashOfText(`${text}a`, 1, 16), hashOfText(text, 1, 16));
  for (let at = 0; at + 63 <= text.length; at += 50) t.not(hashOfText(altered(at, 63), 1, 16), hashOfText(text, 1, 16));
  t.equal(hashOfText(altered(1, 62), 1, 16), hashOfText(text, 1, 16), 'between two that count');
});

await t.test('random Call-IDs are told apart by the letters that count', async (t) => {
  const ids = Array.from({ length: rounds(100_000) }, () => crypto.randomUUID());
  t.ok(new Set(ids.map((id) => hashOfText(id, 1, 16))).size > ids.length - 20, 'chance would make one pair equal');
});

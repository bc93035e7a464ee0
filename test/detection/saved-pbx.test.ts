import t from 'tap';
import { newPbx, type PbxRecord } from '../../src/detection/pbx.js';
import { loadPbx, savedPbx } from '../../src/detection/saved-pbx.js';
import { VALUE_LENGTH_MAX } from '../../src/state/state-record.js';
import { mutilated } from './mutilated.js';

const AT = 1_795_225_500_000;

function fullPbx(names: readonly string[]): PbxRecord {
  const pbx = newPbx();
  Object.assign(pbx.patient, { points: 1 / 3, at: AT });
  Object.assign(pbx.silent, { points: 2, at: AT + 1 });
  Object.assign(pbx.scattered, { points: 3, at: AT + 1 });
  Object.assign(pbx.refused, { at: AT + 2, size: names.length, names: new Set(names) });
  const told = { outage: { at: AT, severity: 'warning', attempts: 9, isBan: false } };
  return Object.assign(pbx, { minute: 29_920_425, failures: 3, logins: 4, baseline: 1 / 7, told });
}

const written = (pbx: PbxRecord): unknown => JSON.parse(JSON.stringify(savedPbx(pbx)));

await t.test('what was seen of the PBX comes back as it was', async (t) => {
  const pbx = newPbx();
  t.equal(loadPbx(pbx, written(fullPbx(['100', '101']))), true);
  t.strictSame(pbx, fullPbx(['100', '101']));
});

await t.test('a thousand refused accounts fit into the store, the shortest names of them', async (t) => {
  const pbx = fullPbx(Array.from({ length: 1_000 }, (_, n) => `${n}${'\0'.repeat(n % 2 === 0 ? 8 : 4_000)}`));
  t.ok(JSON.stringify(savedPbx(pbx)).length < VALUE_LENGTH_MAX);
  t.ok(savedPbx(pbx).refused.length >= 500);
});

await t.test('a record that is not wholly as it was saved is refused, and changes nothing', async (t) => {
  const pbx = newPbx();
  for (const value of mutilated(written(fullPbx(['100'])))) if (loadPbx(pbx, value)) t.fail(JSON.stringify(value));
  t.strictSame(pbx, newPbx());
});

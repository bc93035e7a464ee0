import t from 'tap';
import type { Enforcement, Firewall } from '../../src/blocking/firewall.js';
import { KernelBans } from '../../src/blocking/kernel-bans.js';
import { PendingChanges } from '../../src/blocking/pending-changes.js';
import { targetOf, wantedOf } from './fixtures.js';
import { newWanted } from './new-wanted.js';

/** A kernel that says what it is told to say. */
function newKernel() {
  const parts = newWanted();
  const found = { isInstalled: true, bans: new Map(), dropped: { packets: 0, bytes: 0 } } as {
    -readonly [Key in keyof Enforcement]: Enforcement[Key];
  };
  const told: unknown[] = [];
  const firewall: Firewall = {
    name: 'fake',
    secondsMax: 1_000_000,
    install: async () => undefined,
    apply: async (changes) => void told.push(...changes),
    read: async () => ({ ...found }),
    uninstall: async () => undefined,
    close: async () => undefined,
  };
  const pending = new PendingChanges({ wanted: parts.wanted, targetsMax: 10 });
  const shared = { ...parts, log: parts.log.log, now: () => 0, clock: () => 0 };
  const kernel = new KernelBans({ ...shared, firewall, pending });
  const dropped = async (packets: number, bytes: number) => {
    const total = () =>
      (['packets', 'bytes'] as const).map((what) => parts.tally.total(`security.bans.dropped_${what}`));
    const before = total();
    found.dropped = { packets, bytes };
    await kernel.verify();
    return total().map((count, at) => count - (before[at] ?? 0));
  };
  return { ...parts, kernel, pending, found, told, dropped };
}

await t.test('what was dropped before the first look is not counted, and then what came since the last', async (t) => {
  const { dropped } = newKernel();
  t.strictSame(await dropped(100, 9_000), [0, 0]);
  t.strictSame(await dropped(103, 9_300), [3, 300]);
  t.strictSame(await dropped(103, 9_300), [0, 0]);
});

await t.test('totals that begin anew add what they have, and never go down', async (t) => {
  const { dropped } = newKernel();
  await dropped(100, 9_000);
  t.strictSame(await dropped(2, 120), [2, 120]);
  t.strictSame(await dropped(3, 100), [3, 100], 'one of them is enough');
  t.strictSame(await dropped(4, 160), [1, 60]);
});

await t.test('it has what a batch or a look says, as long as that is wanted', async (t) => {
  const { kernel, wanted, pending, found, told } = newKernel();
  const ban = wantedOf('203.0.113.9:5062');
  await wanted.replace(ban);
  pending.add(ban.key, ban.target);
  t.equal(kernel.has(ban.key), false);
  await kernel.apply();
  t.strictSame(told, [{ kind: 'add', target: targetOf('203.0.113.9:5062'), seconds: 1_000 }]);
  t.strictSame([kernel.has(ban.key), kernel.packetsOf(ban.key)], [true, null]);
  found.bans = new Map([
    [ban.key, { target: ban.target, seconds: 1_000, packets: 7 }],
    ['203.0.113.1/32', { target: targetOf('203.0.113.1'), seconds: 9, packets: 1 }],
  ]);
  await kernel.verify();
  t.equal(kernel.packetsOf(ban.key), 7);
  t.equal(kernel.has('203.0.113.1/32'), false, 'nobody wants it');
  kernel.forget(ban.key);
  t.strictSame([kernel.has(ban.key), kernel.packetsOf(ban.key)], [false, null]);
  await kernel.verify();
  t.equal(kernel.has(ban.key), true);
  found.isInstalled = false;
  t.equal(await kernel.verify(), false);
  t.equal(kernel.has(ban.key), false, 'a set that no rule asks drops nothing');
});

await t.test('a batch is about the bans that were wanted when it began', async (t) => {
  const { kernel, wanted, pending } = newKernel();
  const [ended, replaced] = [wantedOf('203.0.113.1'), wantedOf('203.0.113.2')];
  for (const ban of [ended, replaced]) {
    await wanted.replace(ban);
    pending.add(ban.key, ban.target);
  }
  const applied = kernel.apply();
  void wanted.end(ended);
  void wanted.replace({ ...replaced });
  await applied;
  t.strictSame([kernel.has(ended.key), kernel.has(replaced.key)], [false, false]);
});

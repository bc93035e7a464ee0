import type { Test } from 'tap';
import { Enforcer, type EnforcerOptions } from '../../src/blocking/enforcer.js';
import { FakeFirewall } from './fake-firewall.js';
import { FakeFriends } from './fake-friends.js';
import { FakeRecords } from './fake-records.js';
import { FakeTime } from './fake-time.js';
import { keptLog } from './fixtures.js';

/** A world for an enforcer: time, kernel, disk and friends, which outlive it. */
export function world() {
  const time = new FakeTime();
  return { time, firewall: new FakeFirewall(time.now), records: new FakeRecords(), friends: new FakeFriends() };
}

export type World = ReturnType<typeof world>;

export function newEnforcer(place: World, options: Partial<EnforcerOptions> = {}) {
  const { time, firewall, records, friends } = place;
  const log = keptLog();
  const enforcer = new Enforcer({
    firewall,
    records,
    friends,
    log: log.log,
    bansMax: 100,
    bansPerMinute: 100,
    graceMs: 5_000,
    now: time.now,
    clock: time.now,
    wait: time.wait,
    random: () => 1,
    ...options,
  });
  return { ...place, enforcer, log };
}

/** One that was started and runs until the test ends. */
export async function running(t: Test, options: Partial<EnforcerOptions> = {}, place = world()) {
  const parts = newEnforcer(place, options);
  const abort = new AbortController();
  t.teardown(() => abort.abort());
  await parts.enforcer.start();
  const run = parts.enforcer.run(abort.signal);
  run.catch(() => undefined); // Who awaits it is told.
  await parts.time.settle();
  parts.log.lines.length = 0;
  parts.firewall.calls = [];
  parts.firewall.batches = [];
  parts.records.saves = [];
  parts.enforcer.readings();
  /** The counters since the last call, by name. */
  const counted = () =>
    Object.fromEntries(
      parts.enforcer
        .readings()
        .filter(({ kind }) => kind === 'counter')
        .map(({ name, value }) => [name, value]),
    );
  return { ...parts, abort, run, counted };
}

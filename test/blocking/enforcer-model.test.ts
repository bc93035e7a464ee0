import fc from 'fast-check';
import t from 'tap';
import type { Enforcer } from '../../src/blocking/enforcer.js';
import { AddressSet } from '../../src/domain/address-set.js';
import { fieldsText, targetText } from '../../src/domain/ban-target.js';
import { requestOf, targetOf } from './fixtures.js';
import { newEnforcer, type World, world } from './running-enforcer.js';

const BANS_MAX = 6;
const BANS_PER_MINUTE = 5;
const GRACE_MS = 5_000;
/** Longer than any pause between tries. */
const MENDED_MS = 65_000;

const TEXTS = [
  '203.0.113.1',
  '203.0.113.1:5062',
  '203.0.113.1:40000',
  '[2001:db8::1]:5062',
  '203.0.113.2',
  '203.0.113.3',
  '203.0.113.0/24',
  '203.0.0.0/16',
  '198.51.100.7',
  '198.51.100.0/24',
  '2001:db8::1',
  '2001:db8::/64',
  '10.0.0.0/8',
];

/** What is real, and the process that works on it now. */
class Real {
  readonly world: World = world();
  readonly friends: string[] = [];
  enforcer: Enforcer = newEnforcer(this.world).enforcer;
  #abort = new AbortController();
  #kill: () => void = () => undefined;
  /** What went wrong so far. */
  readonly faults: string[] = [];
  /** When new bans were taken, by this process. */
  readonly #taken: number[] = [];

  constructor() {
    this.world.firewall.onApply = (changes) => {
      const set = new AddressSet(this.friends.map(targetOf));
      for (const { kind, target } of changes) {
        if (kind === 'add' && set.overlaps(target)) this.faults.push(`the friend ${targetText(target)} is banned`);
      }
    };
  }

  async start(): Promise<void> {
    const life = new AbortController();
    const { time } = this.world;
    // Who was killed waits for ever.
    const wait = async (ms: number, signal: AbortSignal) => {
      await time.wait(ms, signal);
      if (life.signal.aborted) await new Promise(() => undefined);
    };
    const limits = { bansMax: BANS_MAX, bansPerMinute: BANS_PER_MINUTE, graceMs: GRACE_MS };
    const { enforcer } = newEnforcer(this.world, { ...limits, wait });
    await enforcer.start();
    this.enforcer = enforcer;
    this.#taken.length = 0;
    this.#kill = () => life.abort();
    this.#abort = new AbortController();
    enforcer.run(this.#abort.signal).catch((error: unknown) => this.faults.push(String(error)));
    await time.settle();
  }

  /** @param isKilled the process is not asked. */
  async stop(isKilled: boolean): Promise<void> {
    if (isKilled) this.#kill();
    this.#abort.abort();
    if (!isKilled) await this.#stopInTime();
    this.world.firewall.isClosed = false;
  }

  /** A disk that fails is tried until the grace time is over, so that much time passes. */
  async #stopInTime(): Promise<void> {
    let isEnded = false;
    const stopped = this.enforcer.stop({ flush: false }).then((isAllDone) => {
      isEnded = true;
      const unsaved = this.desired().filter((address) => !this.world.records.content.has(address));
      if (isAllDone && unsaved.length > 0) this.faults.push(`the stop says that all is done, and lost ${unsaved}`);
    });
    await this.world.time.advance(GRACE_MS);
    if (!isEnded) throw new Error('the stop outlasts its grace time');
    await stopped;
  }

  check(): void {
    const { length } = this.desired();
    if (length > BANS_MAX) this.faults.push(`${length} bans`);
    const added = this.enforcer.readings().find(({ name }) => name === 'security.bans.added')?.value ?? 0;
    const now = this.world.time.now();
    this.#taken.push(...new Array<number>(added).fill(now));
    const recent = this.#taken.filter((at) => now - at < 60_000);
    if (recent.length > BANS_PER_MINUTE) this.faults.push(`${recent.length} bans in a minute`);
    if (this.faults.length > 0) throw new Error(this.faults.join(', '));
  }

  befriend(text: string): void {
    this.friends.push(text);
    this.world.friends.add(text);
  }

  mend(): void {
    this.world.firewall.fault = null;
    this.world.records.fault = null;
  }

  desired(): string[] {
    return this.enforcer.list().map(fieldsText).sort();
  }
}

/** What may be done at any time; the model itself remembers nothing, since all that is promised can be seen. */
class Step implements fc.AsyncCommand<object, Real> {
  readonly #name: string;
  readonly #act: (real: Real) => Promise<void> | void;

  constructor(name: string, act: (real: Real) => Promise<void> | void) {
    this.#name = name;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(_: object, real: Real): Promise<void> {
    await this.#act(real);
    await real.world.time.settle();
    real.check();
  }

  toString(): string {
    return this.#name;
  }
}

async function ban(real: Real, text: string, seconds: number, origin: 'decision' | 'manual'): Promise<void> {
  const { records, firewall } = real.world;
  const address = targetText(targetOf(text));
  const { result, reason } = await real.enforcer.ban(requestOf(text, { seconds, origin }));
  // Of a ban that is known already nobody looks whether it is in the kernel: the next look does.
  if (result !== 'banned' || reason !== null) return;
  if (!firewall.banned.includes(address)) real.faults.push(`${address} is acknowledged and not in the kernel`);
  if (!records.content.has(address)) real.faults.push(`${address} is acknowledged and not on the disk`);
}

/** The worlds whose disk was full for longer than what ended could wait. */
const overflowed = new WeakSet<object>();

/** Everything is mended, time passes, and kernel, table and disk are the same, without a friend. */
async function reconcile(real: Real): Promise<void> {
  const { time, firewall, records } = real.world;
  real.mend();
  await time.advance(MENDED_MS);
  const desired = real.desired();
  t.strictSame(firewall.banned, desired, 'the kernel has what is desired');
  const saved = [...records.content.keys()].sort();
  // A disk that was full for too long keeps records of bans that ended; they are counted.
  const isOver = real.enforcer.readings().some(({ name, value }) => name === 'blocker.store.overflowed' && value > 0);
  if (isOver) overflowed.add(real.world);
  const expected = overflowed.has(real.world) ? saved.filter((text) => desired.includes(text)) : saved;
  t.strictSame(expected, desired, 'and so has the disk');
  const friends = new AddressSet(real.friends.map(targetOf));
  t.strictSame(
    desired.filter((text) => friends.overlaps(targetOf(text))),
    [],
    'no friend is banned',
  );
  for (const { until, isEnforced, ...fields } of real.enforcer.list()) {
    const address = fieldsText(fields);
    const left = (until - time.now()) / 1000;
    const off = Math.abs((firewall.secondsOf(address) ?? 0) - left);
    if (!isEnforced || off > Math.max(7, left * 0.03)) real.faults.push(`${address} is off by ${off} s`);
  }
  t.strictSame(real.faults, []);
}

const texts = fc.constantFrom(...TEXTS);
const seconds = fc.constantFrom(1, 7, 60, 3600, 31_536_000);
const origins = fc.constantFrom('decision', 'manual');
const step = (name: string, act: (real: Real) => Promise<void> | void) => fc.constant(new Step(name, act));

const STEPS = [
  fc
    .tuple(texts, seconds, origins)
    .map(
      ([text, length, origin]) =>
        new Step(`ban ${text} ${length} ${origin}`, (real) => ban(real, text, length, origin)),
    ),
  fc.array(fc.tuple(texts, seconds, origins), { maxLength: 8 }).map(
    (bans) =>
      new Step(`ban at once ${bans.join(' ')}`, async ({ enforcer }) => {
        const asked = bans.map(([text, length, origin]) => enforcer.ban(requestOf(text, { seconds: length, origin })));
        await Promise.all(asked);
      }),
  ),
  fc.tuple(texts, origins).map(
    ([text, origin]) =>
      new Step(`unban ${text} ${origin}`, async (real) => {
        await real.enforcer.unban(targetOf(text), origin);
      }),
  ),
  fc.tuple(texts, texts).map(
    ([banned, unbanned]) =>
      new Step(`ban ${banned} while ${unbanned} is unbanned`, async ({ enforcer }) => {
        await Promise.all([enforcer.ban(requestOf(banned)), enforcer.unban(targetOf(unbanned), 'manual')]);
      }),
  ),
  fc
    .constantFrom(500, 3_000, 30_000, 90_000)
    .map((ms) => new Step(`${ms} ms pass`, (real) => real.world.time.advance(ms))),
  fc.constantFrom('timeout', 'rejected', 'not_permitted', null).map(
    (fault) =>
      new Step(`the firewall: ${fault}`, (real) => {
        real.world.firewall.fault = fault;
      }),
  ),
  fc.boolean().map(
    (isFull) =>
      new Step(`the disk is full: ${isFull}`, (real) => {
        real.world.records.fault = isFull ? new Error('no room') : null;
      }),
  ),
  fc.tuple(texts, texts, fc.constantFrom('203.0.113.3', '198.51.100.7')).map(
    ([first, second, friend]) =>
      new Step(`it hangs, ${first} and ${second} are banned, ${friend} becomes a friend`, async (real) => {
        const { firewall, time } = real.world;
        firewall.hold();
        const asked = [real.enforcer.ban(requestOf(first))];
        await time.advance(5_000);
        asked.push(real.enforcer.ban(requestOf(second)));
        real.befriend(friend);
        firewall.release();
        await Promise.all(asked);
      }),
  ),
  step('flush ruleset', (real) => real.world.firewall.flushRuleset()),
  step('flush rules', (real) => real.world.firewall.flushRules()),
  fc
    .tuple(texts, seconds)
    .map(
      ([text, length]) =>
        new Step(`by hand ${text} ${length}`, (real) =>
          real.world.firewall.addByHand(targetText(targetOf(text)), length),
        ),
    ),
  texts.map(
    (text) =>
      new Step(`delete by hand ${text}`, (real) => real.world.firewall.deleteByHand(targetText(targetOf(text)))),
  ),
  fc.constantFrom('203.0.113.2', '198.51.100.7', '2001:db8::1').map(
    (text) =>
      new Step(`${text} becomes a friend`, (real) => {
        real.befriend(text);
      }),
  ),
  step('flush', async (real) => {
    await real.enforcer.flush();
  }),
  fc.boolean().map(
    (isKilled) =>
      new Step(isKilled ? 'killed and started' : 'stopped and started', async (real) => {
        await real.stop(isKilled);
        real.mend();
        await real.start();
      }),
  ),
  step('all is mended', reconcile),
];

await t.test(
  'whatever happens, kernel, table and disk become the same, no friend is ever banned and no cap exceeded',
  async (t) => {
    const numRuns = Number(process.env['FC_RUNS'] ?? 200);
    await fc.assert(
      fc.asyncProperty(fc.commands(STEPS, { maxCommands: 40 }), async (steps) => {
        const real = new Real();
        await real.start();
        await fc.asyncModelRun(() => ({ model: {}, real }), steps);
        await reconcile(real);
        await real.stop(false);
        real.check();
      }),
      { numRuns },
    );
    t.pass(`${numRuns} histories`);
  },
);

import fc from 'fast-check';
import { BAN_ORIGINS, banText, type ListedBan } from '../../src/domain/ban.js';
import { type BanTarget, parseTarget, targetFields, targetText } from '../../src/domain/ban-target.js';
import { type FlushResult, type Operator, PORTS_TOLD_MAX, type Removal } from '../../src/wire/operator.js';

export const NOW = 1_795_227_208_827;

export const LISTED: ListedBan = {
  address: '203.0.113.9/32',
  port: null,
  since: NOW - 300_000,
  until: NOW + 3_300_000,
  origin: 'decision',
  reason: 'brute_force',
  pbx: 'pbx-1',
  attempts: 12,
  packets: 1_234,
  isEnforced: true,
};

export const target = (text: string) => parseTarget(text) as BanTarget;

const hextets = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 });
const ipv6 = hextets.map((words) => words.map((word) => word.toString(16)).join(':'));
const port = fc.integer({ min: 1, max: 65_535 });
const socket = ([host, number]: readonly [host: string, number: number]) => `${host}:${number}`;
const bracketed = ipv6.map((text) => `[${text}]`);
/** Any single address, and any socket. */
export const targets = fc
  .oneof(fc.ipV4(), ipv6, fc.tuple(fc.ipV4(), port).map(socket), fc.tuple(bracketed, port).map(socket))
  .map(target);

/** Any text of so many units that is printable. */
export const texts = (minLength: number, maxLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength, maxLength })
    .map((text) => text.replace(/[\x00-\x1f\x7f-\x9f]/g, '?').slice(0, maxLength));

const time = fc.integer({ min: 0, max: 8.64e15 });
const count = fc.option(fc.nat(Number.MAX_SAFE_INTEGER));

export const listedBans: fc.Arbitrary<ListedBan> = fc
  .record({
    fields: targets.map(targetFields),
    since: time,
    until: time,
    origin: fc.constantFrom(...BAN_ORIGINS),
    reason: texts(0, 128).map(banText),
    pbx: fc.option(texts(0, 128).map(banText)),
    attempts: count,
    packets: count,
    isEnforced: fc.boolean(),
  })
  .map(({ fields, ...rest }) => ({ ...fields, ...rest }));

/** A blocker that bans all but 192.0.2.0/24, in memory. */
export class FakeOperator implements Operator {
  readonly bans = new Map<string, ListedBan>();
  readonly asked: string[] = [];
  fault: string | null = null;
  /** Whether the disk takes the end of a ban. */
  isSaving = true;

  async list(): Promise<ListedBan[]> {
    return [...this.bans.values()].reverse();
  }

  async add({ target, seconds, reason }: Parameters<Operator['add']>[0]): ReturnType<Operator['add']> {
    const key = targetText(target);
    this.asked.push(`add ${key} ${seconds} ${reason}`);
    if (key.startsWith('192.0.2.')) return { result: 'refused', reason: 'allowlisted' };
    if (this.bans.has(key)) return { result: 'already_banned', reason: null };
    const times = { since: NOW, until: NOW + seconds * 1000 };
    const manual = { origin: 'manual', reason: banText(reason), pbx: null, attempts: null } as const;
    this.bans.set(key, { ...LISTED, ...targetFields(target), ...times, ...manual });
    return { result: 'banned', reason: null };
  }

  async remove(target: BanTarget): Promise<Removal> {
    this.asked.push(`remove ${targetText(target)}`);
    const sockets = this.#socketsOf(target);
    for (const { key } of sockets) this.bans.delete(key);
    const ports = sockets.map(({ port }) => port).slice(0, PORTS_TOLD_MAX);
    return { isRemoved: this.bans.delete(targetText(target)), sockets: sockets.length, ports, isSaved: this.isSaving };
  }

  async flush(): Promise<FlushResult> {
    const { size } = this.bans;
    this.bans.clear();
    return { count: size, isSaved: this.isSaving };
  }

  async test(target: BanTarget): ReturnType<Operator['test']> {
    const key = targetText(target);
    const refusal = key.startsWith('192.0.2.') ? 'allowlisted' : null;
    return { refusal, ban: this.bans.get(key) ?? null, sockets: this.#socketsOf(target).length };
  }

  #socketsOf(target: BanTarget): { readonly key: string; readonly port: number }[] {
    const { address } = targetFields(target);
    if (target.port !== null) return [];
    return [...this.bans].flatMap(([key, ban]) =>
      ban.address === address && ban.port !== null ? [{ key, port: ban.port }] : [],
    );
  }

  async status(): ReturnType<Operator['status']> {
    const { fault, bans } = this;
    const enforced = fault === null ? bans.size : 0;
    const limits = { bansMax: 100_000, bansPerMinute: 1_000 };
    return {
      firewall: 'nftables',
      fault,
      desired: bans.size,
      sockets: 0,
      enforced,
      verifiedAt: NOW - 3_000,
      ...limits,
    };
  }
}

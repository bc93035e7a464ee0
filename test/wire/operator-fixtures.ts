import fc from 'fast-check';
import { type Prefix, parsePrefix, prefixText } from '../../src/domain/address-set.js';
import { BAN_ORIGINS } from '../../src/domain/ban.js';
import type { ListedBan, Operator } from '../../src/wire/operator.js';

export const NOW = 1_795_227_208_827;

export const LISTED: ListedBan = {
  address: '203.0.113.9/32',
  since: NOW - 300_000,
  until: NOW + 3_300_000,
  origin: 'decision',
  reason: 'brute_force',
  pbx: 'pbx-1',
  attempts: 12,
  packets: 1_234,
  isEnforced: true,
};

export const prefix = (text: string) => parsePrefix(text) as Prefix;

const hextets = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 });
const ipv6 = hextets.map((words) => words.map((word) => word.toString(16)).join(':'));
/** Any single address. */
export const prefixes = fc.oneof(fc.ipV4(), ipv6).map(prefix);

/** Any text of so many units that is printable. */
export const texts = (minLength: number, maxLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength, maxLength })
    .map((text) => text.replace(/[\x00-\x1f\x7f-\x9f]/g, '?').slice(0, maxLength));

const time = fc.integer({ min: 0, max: 8.64e15 });
const count = fc.option(fc.nat(Number.MAX_SAFE_INTEGER));

export const listedBans: fc.Arbitrary<ListedBan> = fc.record(
  {
    address: prefixes.map(prefixText),
    since: time,
    until: time,
    origin: fc.constantFrom(...BAN_ORIGINS),
    reason: texts(0, 128),
    pbx: fc.option(texts(0, 128)),
    attempts: count,
    packets: count,
    isEnforced: fc.boolean(),
  },
  { noNullPrototype: true },
);

/** A blocker that bans all but 192.0.2.0/24, in memory. */
export class FakeOperator implements Operator {
  readonly bans = new Map<string, ListedBan>();
  readonly asked: string[] = [];
  fault: string | null = null;

  async list(): Promise<ListedBan[]> {
    return [...this.bans.values()].reverse();
  }

  async add({ prefix, seconds, reason }: Parameters<Operator['add']>[0]): ReturnType<Operator['add']> {
    const address = prefixText(prefix);
    this.asked.push(`add ${address} ${seconds} ${reason}`);
    if (address.startsWith('192.0.2.')) return { result: 'refused', reason: 'allowlisted' };
    if (this.bans.has(address)) return { result: 'already_banned', reason: null };
    const until = NOW + seconds * 1000;
    this.bans.set(address, {
      ...LISTED,
      address,
      since: NOW,
      until,
      origin: 'manual',
      reason,
      pbx: null,
      attempts: null,
    });
    return { result: 'banned', reason: null };
  }

  async remove(prefix: Prefix): Promise<boolean> {
    this.asked.push(`remove ${prefixText(prefix)}`);
    return this.bans.delete(prefixText(prefix));
  }

  async flush(): Promise<number> {
    const { size } = this.bans;
    this.bans.clear();
    return size;
  }

  async test(prefix: Prefix): ReturnType<Operator['test']> {
    const address = prefixText(prefix);
    const refusal = address.startsWith('192.0.2.') ? 'allowlisted' : null;
    return { refusal, ban: this.bans.get(address) ?? null };
  }

  async status(): ReturnType<Operator['status']> {
    const { fault, bans } = this;
    const enforced = fault === null ? bans.size : 0;
    const limits = { bansMax: 100_000, bansPerMinute: 1_000 };
    return { firewall: 'nftables', fault, desired: bans.size, enforced, verifiedAt: NOW - 3_000, ...limits };
  }
}

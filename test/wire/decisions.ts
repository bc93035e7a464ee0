import fc from 'fast-check';
import { maskedPrefix } from '../../src/domain/address-set.js';
import type { Decision } from '../../src/domain/decision.js';
import { RULE_NAMES } from '../../src/domain/finding.js';
import { type Address, parseAddress } from '../../src/domain/remote-address.js';

export type Ban = Extract<Decision, { type: 'ban' }>;

export const BAN: Ban = {
  v: 1,
  type: 'ban',
  address: '203.0.113.9/32',
  seconds: 3600,
  reason: 'brute_force',
  at: 1_795_227_208_827,
  evidence: { pbx: 'pbx-1', service: 'PJSIP', attempts: 12, accounts: 3, since: 1_795_227_200_000, isProven: true },
};

export const UNBAN: Decision = {
  v: 1,
  type: 'unban',
  address: '2001:db8::/64',
  reason: 'forgiven',
  at: 1_795_227_208_827,
};

const words = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 6, maxLength: 6 });
const ipv6 = words.map((numbers) => ['2001', 'db8', ...numbers.map((word) => word.toString(16))].join(':'));
const address = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 16, max: 32 })),
  fc.tuple(ipv6, fc.integer({ min: 32, max: 128 })),
);
const canonical = address.map(([text, length]) => maskedPrefix(parseAddress(text) as Address, length));

const time = fc.integer({ min: 0, max: 8.64e15 });
const count = fc.nat(Number.MAX_SAFE_INTEGER);
const name = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', maxLength })
    .map((text) => text.replace(/[\x00-\x1f\x7f-\x9f]/g, '').slice(0, maxLength));

const plain = { noNullPrototype: true };

const evidence = fc.record(
  { pbx: name(128), service: name(64), attempts: count, accounts: count, since: time, isProven: fc.boolean() },
  plain,
);
const version = fc.constant(1 as const);
const reason = fc.constantFrom(...RULE_NAMES);
const seconds = fc.integer({ min: 1, max: 31_536_000 });
const bans = fc.record(
  { v: version, type: fc.constant('ban' as const), address: canonical, seconds, reason, at: time, evidence },
  plain,
);
const forgiven = fc.constant('forgiven' as const);
const unbans = fc.record(
  { v: version, type: fc.constant('unban' as const), address: canonical, reason: forgiven, at: time },
  plain,
);

/** Any decision that we may make. */
export const decisions: fc.Arbitrary<Decision> = fc.oneof(bans, unbans);

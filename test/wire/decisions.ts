import fc from 'fast-check';
import { maskedPrefix } from '../../src/domain/address-set.js';
import type { TargetFields } from '../../src/domain/ban-target.js';
import type { BanDecision, Decision, UnbanDecision } from '../../src/domain/decision.js';
import { RULE_NAMES } from '../../src/domain/finding.js';
import { type Address, parseAddress } from '../../src/domain/remote-address.js';

export const BAN: BanDecision = {
  type: 'ban',
  address: '203.0.113.9/32',
  port: null,
  seconds: 3600,
  reason: 'brute_force',
  at: 1_795_227_208_827,
  evidence: { pbx: 'pbx-1', service: 'PJSIP', attempts: 12, accounts: 3, since: 1_795_227_200_000, isProven: true },
};

export const UNBAN: UnbanDecision = {
  type: 'unban',
  address: '2001:db8::/64',
  port: null,
  reason: 'forgiven',
  at: 1_795_227_208_827,
};

const words = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 6, maxLength: 6 });
const ipv6 = words.map((numbers) => ['2001', 'db8', ...numbers.map((word) => word.toString(16))].join(':'));
const address = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 16, max: 32 })),
  fc.tuple(ipv6, fc.integer({ min: 32, max: 128 })),
);
const prefixes = address.map(([text, length]) => maskedPrefix(parseAddress(text) as Address, length));
const sockets = fc
  .oneof(fc.tuple(fc.ipV4(), fc.constant(32)), fc.tuple(ipv6, fc.constant(128)))
  .map(([text, length]) => maskedPrefix(parseAddress(text) as Address, length));
const plain = { noNullPrototype: true };

/** Any address, prefix or socket that we may decide about. */
export const targets: fc.Arbitrary<TargetFields> = fc.oneof(
  fc.record({ address: prefixes, port: fc.constant(null) }, plain),
  fc.record({ address: sockets, port: fc.integer({ min: 1, max: 65_535 }) }, plain),
);

const time = fc.integer({ min: 0, max: 8.64e15 });
const count = fc.nat(Number.MAX_SAFE_INTEGER);
const name = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', maxLength })
    .map((text) => text.replace(/[\x00-\x1f\x7f-\x9f]/g, '').slice(0, maxLength));

const evidence = fc.record(
  { pbx: name(128), service: name(64), attempts: count, accounts: count, since: time, isProven: fc.boolean() },
  plain,
);
const reason = fc.constantFrom(...RULE_NAMES);
const seconds = fc.integer({ min: 1, max: 31_536_000 });
const bans = fc.record({ type: fc.constant('ban' as const), seconds, reason, at: time, evidence });
const forgiven = fc.constant('forgiven' as const);
const unbans = fc.record({ type: fc.constant('unban' as const), reason: forgiven, at: time });

/** Any decision that we may make. */
export const decisions: fc.Arbitrary<Decision> = fc
  .tuple(targets, fc.oneof(bans, unbans))
  .map(([target, rest]) => ({ ...target, ...rest }));

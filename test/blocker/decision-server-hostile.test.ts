import { isIP } from 'node:net';
import { env } from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { DecisionServer } from '../../src/blocker/decision-server.js';
import { addressWords } from '../../src/domain/address-words.js';
import type { Decision } from '../../src/domain/decision.js';
import { RULE_NAMES } from '../../src/domain/finding.js';
import type { Address } from '../../src/domain/remote-address.js';
import { encodeDecision } from '../../src/wire/decision-codec.js';
import { rounds } from '../rounds.js';
import { decisions } from '../wire/decisions.js';

const RUNS = Number(env['FUZZ_RUNS'] ?? rounds(20_000));

/** What somebody might try, and what JSON.parse takes though nobody writes it. */
const FRAGMENTS = [
  ...[
    '"',
    '{',
    '}',
    ',',
    ':',
    '\\',
    '\\u0000',
    '\n',
    '\0',
    '0',
    '9',
    '-',
    '1e3',
    '.5',
    'null',
    'true',
    '[]',
    '{}',
    ' ',
  ],
  ...[
    '"v":1,',
    '"v":2,',
    '"port":5062,',
    '"port":0,',
    '"type":"unban",',
    '"seconds":1,',
    '"address":"0.0.0.0/0",',
    '"address":"::/0",',
    '"__proto__":{},',
  ],
  ...[
    '"constructor":1,',
    '/0',
    '/8',
    '/33',
    '203.0.113.9',
    '::ffff:1.2.3.4',
    '%eth0',
    'flush ruleset',
    '"account":"x",',
  ],
];

/** A line of ours with something put in, taken out or changed, once or some times; now and then as it is. */
const mutated = fc
  .tuple(
    decisions.map(encodeDecision),
    fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ maxLength: 2 }))), {
      maxLength: 3,
    }),
  )
  .map(([line, changes]) =>
    changes.reduce((text, [at, cut, put]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + cut);
    }, line),
  );
/** A line of whole JSON in which one value is another one. */
const altered = fc
  .tuple(
    decisions,
    fc.constantFrom('v', 'type', 'address', 'port', 'seconds', 'reason', 'at', 'evidence', 'more'),
    fc.oneof(
      fc.constantFrom(...FRAGMENTS, 1, 2, 5062, 65_536, 'ban', 'unban', '203.0.113.0/24', '10.0.0.0/8', {}),
      fc.double(),
      fc.jsonValue(),
    ),
  )
  .map(([decision, key, value]) => JSON.stringify({ ...JSON.parse(encodeDecision(decision)), [key]: value }));
const lines = fc.oneof(
  { weight: 4, arbitrary: mutated },
  { weight: 4, arbitrary: altered },
  fc.string({ unit: 'binary' }),
  fc.json(),
);

const whole = (value: unknown, min: number, max: number) =>
  Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
const plain = (value: unknown, max: number) =>
  typeof value === 'string' && /^[^\x00-\x1f\x7f-\x9f]*$/.test(value) && value.length <= max;
const keys = (value: object) => Object.keys(value).sort().join();

/** What a decision is, told another way than the codec does. */
function isDecision(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { v, port, ...rest } = value as Record<string, unknown>;
  const { type, address, seconds, reason, at, evidence } = rest;
  if (!whole(at, 0, 8.64e15) || !isCanonical(address)) return false;
  if (v === 1 ? Object.hasOwn(value, 'port') : !isSocketOf(v, String(address), port)) return false;
  if (type === 'unban') return keys(rest) === 'address,at,reason,type' && reason === 'forgiven';
  if (type !== 'ban' || keys(rest) !== 'address,at,evidence,reason,seconds,type') return false;
  return whole(seconds, 1, 31_536_000) && RULE_NAMES.some((name) => name === reason) && isEvidence(evidence);
}

function isSocketOf(v: unknown, address: string, port: unknown): boolean {
  return v === 2 && whole(port, 1, 65_535) && address.endsWith(address.includes(':') ? '/128' : '/32');
}

function isEvidence(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (keys(value) !== 'accounts,attempts,isProven,pbx,service,since') return false;
  const { pbx, service, attempts, accounts, since, isProven } = value as Record<string, unknown>;
  const max = Number.MAX_SAFE_INTEGER;
  if (!plain(pbx, 128) || !plain(service, 64) || typeof isProven !== 'boolean') return false;
  return whole(attempts, 0, max) && whole(accounts, 0, max) && whole(since, 0, 8.64e15);
}

/** By what the URL parser writes, which follows RFC 5952, and the bits one by one. */
function isCanonical(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [, address = '', digits = ''] = /^([^/]+)\/(0|[1-9]\d*)$/.exec(value) ?? [];
  const family = isIP(address);
  const length = Number(digits);
  if (family === 0 || address.includes('%')) return false;
  if (length < (family === 4 ? 16 : 32) || length > (family === 4 ? 32 : 128)) return false;
  if (family === 6 && new URL(`http://[${address}]/`).hostname !== `[${address}]`) return false;
  if (/^::ffff:[\da-f]+:[\da-f]+$/.test(address)) return false;
  const bits = addressWords(address as Address)
    .map((word) => word.toString(2).padStart(16, '0'))
    .join('');
  return !bits.slice(length).includes('1');
}

await t.test(
  `of ${RUNS} hostile lines only what is exactly a decision does anything, and does exactly that`,
  async (t) => {
    const taken: Decision[] = [];
    let valid = 0;
    let answered = 0;
    const take = (decision: Decision) => {
      taken.push(decision);
      return Promise.resolve({ result: 'banned', reason: null } as const);
    };
    const server = new DecisionServer({ onBan: take, onUnban: take });
    const reply = () => {
      answered += 1;
      return Promise.resolve(true);
    };
    const check = async (line: string) => {
      taken.length = 0;
      await server.onLine(line, reply);
      const said = parsed(line);
      const isValid = Buffer.byteLength(line) <= 2048 && isDecision(said);
      if (isValid) valid += 1;
      return isValid ? taken.length === 1 && isDeepStrictEqual({ ...taken[0] }, unversioned(said)) : taken.length === 0;
    };
    await t.resolves(fc.assert(fc.asyncProperty(lines, check), { numRuns: RUNS }));
    const { bans, unbans, faults } = server.counts;
    const faulty = [...faults.values()].reduce((sum, count) => sum + count, 0);
    t.equal(bans + unbans, valid);
    t.equal(answered, bans);
    t.equal(bans + unbans + faulty, RUNS, 'each line is counted once');
    t.ok(valid > RUNS / 50 && faulty > RUNS / 50, `${valid} were decisions, ${faulty} were not`);
    t.comment(`${valid} decisions, ${faulty} faults: ${JSON.stringify([...faults])}`);
  },
);

/** A decision as it is once it has been read. */
function unversioned(said: unknown): object {
  const { v: _, port = null, ...rest } = said as Record<string, unknown>;
  return { ...rest, port };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A SyntaxError.
    return null;
  }
}

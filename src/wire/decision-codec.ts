import { BAN_TEXT_LENGTH_MAX, isBanSeconds, TIME_MAX } from '../domain/ban.js';
import { isTooWide, readTarget, type TargetFields, targetFields } from '../domain/ban-target.js';
import type { Decision, DecisionEvidence } from '../domain/decision.js';
import { RULE_NAMES } from '../domain/finding.js';
import { isPlainText, plainText } from '../text/plain-text.js';
import { asciiJson, hasExactly, isObject, isWhole, LINE_BYTES_MAX, parseObject } from './json-line.js';

/** Why a line is no decision. A closed list, so that it can be part of a meter's name. */
export const DECISION_FAULTS = [
  /** Longer than the longest decision. */
  'too_long',
  /** No JSON, or not an object. */
  'not_json',
  /** Of a version that we do not speak. */
  'version',
  /** Neither a ban nor its end. */
  'type',
  /** A key is missing, or there is one that we do not know. */
  'keys',
  /** No prefix in canonical text with its length. */
  'address',
  /** A prefix that is wider than any decision of ours. */
  'too_wide',
  /** No port, or one of a prefix that is no single address. */
  'port',
  'seconds',
  'reason',
  'at',
  'evidence',
] as const;

export type DecisionFault = (typeof DECISION_FAULTS)[number];

/** In UTF-16 units, each of which takes six bytes of the line at most. */
const ADDRESS_LENGTH_MAX = 64;
const SERVICE_LENGTH_MAX = 64;

/**
 * The decision as one line of JSON without its end, in printable ASCII and of at most LINE_BYTES_MAX bytes. Names that are
 * too long are cut and their control characters replaced by `?`. The account that was guessed is hostile text and no part of it.
 *
 * A decision without a port is of version 1, which every blocker reads; one with a port is of version 2.
 */
export function encodeDecision(decision: Decision): string {
  const { type, port, reason, at } = decision;
  const address = decision.address.slice(0, ADDRESS_LENGTH_MAX);
  const head = port === null ? { v: 1, type, address } : { v: 2, type, address, port };
  if (decision.type === 'unban') return asciiJson({ ...head, reason, at });
  const { seconds, evidence } = decision;
  return asciiJson({ ...head, seconds, reason, at, evidence: plainEvidence(evidence) });
}

function plainEvidence({ pbx, service, attempts, accounts, since, isProven }: DecisionEvidence): DecisionEvidence {
  return {
    pbx: plainText(pbx, BAN_TEXT_LENGTH_MAX),
    service: plainText(service, SERVICE_LENGTH_MAX),
    attempts,
    accounts,
    since,
    isProven,
  };
}

/**
 * Reads a line, without its end, that may come from anybody who can write to the socket.
 * @returns the first fault where it is not exactly what `encodeDecision` writes (blanks and the order of keys are free).
 */
export function decodeDecision(line: string): Decision | Fault {
  if (Buffer.byteLength(line) > LINE_BYTES_MAX) return { fault: 'too_long' };
  const object = parseObject(line);
  if (object === null) return { fault: 'not_json' };
  const { v, type } = object;
  if (v !== 1 && v !== 2) return { fault: 'version' };
  if (type !== 'ban' && type !== 'unban') return { fault: 'type' };
  if (!hasExactly(object, v === 1 ? KEYS[type] : [...KEYS[type], 'port'])) return { fault: 'keys' };
  const { address, port = null } = object;
  const target = readTarget(address, port);
  if (typeof target === 'string') return { fault: target };
  if (v === 2 && target.port === null) return { fault: 'port' };
  if (isTooWide(target)) return { fault: 'too_wide' };
  return type === 'ban' ? readBan(object, targetFields(target)) : readUnban(object, targetFields(target));
}

type Fields = Readonly<Record<string, unknown>>;
type Fault = { readonly fault: DecisionFault };

const KEYS: Readonly<Record<Decision['type'], readonly string[]>> = {
  ban: ['v', 'type', 'address', 'seconds', 'reason', 'at', 'evidence'],
  unban: ['v', 'type', 'address', 'reason', 'at'],
};

function readBan(fields: Fields, target: TargetFields): Decision | Fault {
  const { seconds, at } = fields;
  if (!isBanSeconds(seconds)) return { fault: 'seconds' };
  const reason = RULE_NAMES.find((name) => name === fields['reason']);
  if (reason === undefined) return { fault: 'reason' };
  if (!isWhole(at, 0, TIME_MAX)) return { fault: 'at' };
  const evidence = readEvidence(fields['evidence']);
  return evidence === null ? { fault: 'evidence' } : { type: 'ban', ...target, seconds, reason, at, evidence };
}

function readUnban({ reason, at }: Fields, target: TargetFields): Decision | Fault {
  if (reason !== 'forgiven') return { fault: 'reason' };
  return isWhole(at, 0, TIME_MAX) ? { type: 'unban', ...target, reason, at } : { fault: 'at' };
}

const EVIDENCE_KEYS = ['pbx', 'service', 'attempts', 'accounts', 'since', 'isProven'];

function readEvidence(value: unknown): DecisionEvidence | null {
  if (!isObject(value) || !hasExactly(value, EVIDENCE_KEYS)) return null;
  const { pbx, service, attempts, accounts, since, isProven } = value;
  if (!isPlainText(pbx, BAN_TEXT_LENGTH_MAX) || !isPlainText(service, SERVICE_LENGTH_MAX)) return null;
  if (!isWhole(attempts, 0) || !isWhole(accounts, 0) || !isWhole(since, 0, TIME_MAX)) return null;
  return typeof isProven === 'boolean' ? { pbx, service, attempts, accounts, since, isProven } : null;
}

import type { Observation } from '../domain/attempt.js';
import type { Decision } from '../domain/decision.js';
import { type Finding, type RuleName, type Subject, severityRank } from '../domain/finding.js';
import type { Address } from '../domain/remote-address.js';
import type { SecurityEvent } from '../domain/security-event.js';
import { AttemptReader } from './attempts.js';
import { type Ban, BanPolicy, type BanPolicyOptions } from './ban-policy.js';
import type { AddressRecord, PrefixRecord, Told } from './records.js';
import type { Rule, Verdict } from './rule.js';
import { allRules, type Thresholds } from './rules/rules.js';
import type { AttemptScene, ProbeScene, Scene, SuccessScene } from './scene.js';
import { pointsAt } from './score.js';
import { Scoreboard, type ScoreboardOptions } from './scoreboard.js';

export interface DetectorOptions
  extends Omit<Thresholds, 'isAllowed' | 'halfLifeMs'>,
    BanPolicyOptions,
    ScoreboardOptions {
  /** Hosts whose events are put together to guesses at the same time, at most. */
  readonly hostsMax: number;
  /** Milliseconds since the Unix epoch: no event is newer than now. */
  readonly clock: () => number;
}

export interface DetectorOutput {
  readonly onObservation: (observation: Observation) => void;
  readonly onFinding: (finding: Finding) => void;
  readonly onDecision: (decision: Decision) => void;
  /** For whoever wants to see why: each scene after its rules were asked. */
  readonly onScene?: (scene: Scene) => void;
}

/** A finding is told again when it got worse, or so much later; and when so many times the guesses have come. */
const REPEAT_MS = 86_400_000;
const REPEAT_FACTOR = 10;

const NOT_BANNED: Ban = { action: 'none', seconds: null, isProven: false };

/** Security events in, findings and decisions out. It reads no clock but the one it is given, and touches nothing. */
export class Detector {
  readonly board: Scoreboard;
  readonly #attempts: AttemptReader;
  readonly #policy: BanPolicy;
  readonly #rules: readonly Rule[];
  readonly #clock: () => number;
  readonly #banThreshold: number;
  readonly #halfLifeMs: number;
  readonly #output: DetectorOutput;
  /** The last unproven_flood. */
  readonly #flood: { told: Told | null } = { told: null };
  #latest = 0;

  constructor(options: DetectorOptions, output: DetectorOutput) {
    this.board = new Scoreboard(options);
    this.#attempts = new AttemptReader(options, (observation) => this.#observe(observation));
    this.#policy = new BanPolicy(options);
    const isAllowed = (address: Address) => options.friends.has(address);
    this.#rules = allRules({ ...options, isAllowed }, (address, now) => this.board.trust(address, now));
    this.#clock = options.clock;
    this.#banThreshold = options.banThreshold;
    this.#halfLifeMs = options.halfLifeMs;
    this.#output = output;
  }

  read(event: SecurityEvent): void {
    this.#attempts.read(event);
  }

  /** Looks at what waited for more events to come that did not. */
  flush(): void {
    this.#attempts.flush(this.#clock());
  }

  #observe(observation: Observation): void {
    this.#output.onObservation(observation);
    const now = this.#timeOf(observation);
    switch (observation.kind) {
      case 'attempt':
        this.#attempt(this.board.attempt(observation, now));
        return;
      case 'probe':
        this.#probe(this.board.probe(observation, now));
        return;
      case 'success':
        this.#success(this.board.success(observation, now));
        return;
      /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each kind.
      default:
        observation satisfies never;
    }
  }

  #attempt(scene: AttemptScene): void {
    if (!isBanned(scene.address, scene.now)) {
      for (const rule of this.#rules) this.#take(rule.name, scene, rule.onAttempt?.(scene) ?? null);
    }
    this.#output.onScene?.(scene);
  }

  #probe(scene: ProbeScene): void {
    if (!isBanned(scene.address, scene.now)) {
      for (const rule of this.#rules) this.#take(rule.name, scene, rule.onProbe?.(scene) ?? null);
    }
    this.#output.onScene?.(scene);
  }

  /** Also of who is banned: whoever gets in nevertheless is the worst news of all. */
  #success(scene: SuccessScene): void {
    let isBreakIn = false;
    for (const rule of this.#rules) {
      const verdict = rule.onSuccess?.(scene) ?? null;
      this.#take(rule.name, scene, verdict);
      isBreakIn ||= rule.name === 'breach' && verdict?.severity === 'critical';
    }
    this.#output.onScene?.(scene);
    if (isBreakIn) return;
    this.board.forgive(scene);
    this.#unban(scene);
  }

  /** Does what the rule asks for, as far as the policy allows it, and tells of it if it is news. */
  #take(rule: RuleName, scene: Scene, verdict: Verdict | null): void {
    if (verdict === null) return;
    const ban = verdict.ban === null ? NOT_BANNED : this.#ban(verdict.ban, rule, scene, verdict);
    // Each address of a flood would be news; the flood is told instead.
    if (ban.action === 'unproven_cap' || !isNews(verdict, rule, scene.now)) return;
    const { severity, attempts, holder } = verdict;
    holder.told = { ...holder.told, [rule]: { at: scene.now, severity, attempts } };
    this.board.changed(scene.address);
    this.#output.onFinding(findingOf(rule, scene, verdict, ban));
  }

  #ban(target: 'address' | 'prefix', reason: RuleName, scene: Scene, verdict: Verdict): Ban {
    const { observation, address, now } = scene;
    const record = target === 'address' ? address : address.prefix;
    const ban = this.#policy.decide(record, now);
    if (ban.action === 'unproven_cap') this.#tellFlood(scene);
    if (ban.seconds === null) return ban;
    this.board.changed(address);
    const { pbx, service } = observation;
    const { attempts, accounts, since } = verdict;
    const evidence = { pbx, service, attempts, accounts, since, isProven: ban.isProven };
    this.#output.onDecision({
      type: 'ban',
      address: cidrOf(record),
      port: null,
      seconds: ban.seconds,
      reason,
      at: now,
      evidence,
    });
    return ban;
  }

  /** A ban that a login shows to be a mistake is lifted, unless others at this address have earned it. */
  #unban({ address, now }: SuccessScene): void {
    if (address.bannedUntil <= now || pointsAt(address.score, now, this.#halfLifeMs) >= this.#banThreshold / 2) return;
    address.bannedUntil = 0;
    this.#output.onDecision({ type: 'unban', address: cidrOf(address), port: null, reason: 'forgiven', at: now });
  }

  #tellFlood(scene: Scene): void {
    const subject: Subject = { kind: 'pbx', text: scene.observation.pbx };
    const counts = { since: scene.now, attempts: 1, accounts: 0, addresses: 0 };
    this.#take('unproven_flood', scene, { severity: 'warning', subject, holder: this.#flood, ban: null, ...counts });
  }

  /** An event is never from the future, whatever the clock of the PBX says. */
  #timeOf({ at }: Observation): number {
    if (at > this.#latest) this.#latest = Math.max(this.#latest, Math.min(at, this.#clock()));
    return Math.min(at, this.#latest);
  }
}

function isBanned({ bannedUntil, prefix }: AddressRecord, now: number): boolean {
  return bannedUntil > now || prefix.bannedUntil > now;
}

function isNews({ holder, severity, attempts }: Verdict, rule: RuleName, now: number): boolean {
  const told = holder.told?.[rule];
  if (told === undefined) return true;
  const isWorse = severityRank(severity) > severityRank(told.severity);
  return isWorse || attempts >= told.attempts * REPEAT_FACTOR || now - told.at >= REPEAT_MS;
}

function findingOf(rule: RuleName, { observation, now }: Scene, verdict: Verdict, ban: Ban): Finding {
  const { pbx, service, remote, proof } = observation;
  const { severity, subject, since, attempts, accounts, addresses } = verdict;
  const isAboutPbx = subject.kind === 'pbx';
  return {
    rule,
    severity,
    subject,
    pbx,
    service,
    at: now,
    since,
    attempts,
    accounts,
    addresses,
    address: isAboutPbx ? null : remote.address,
    account: isAboutPbx || observation.kind === 'probe' ? null : observation.account,
    proof: isAboutPbx ? null : proof,
    action: ban.action,
    banSeconds: ban.seconds,
  };
}

/** With its length; a zone says on which of our own interfaces an address is, and is no part of it. */
function cidrOf(record: AddressRecord | PrefixRecord): string {
  if (!('address' in record)) return record.prefix;
  return `${record.address.replace(/%.*/, '')}/${record.family === 'IPV4' ? 32 : 128}`;
}

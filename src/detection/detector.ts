import type { Observation } from '../domain/attempt.js';
import type { Decision } from '../domain/decision.js';
import { type Finding, type RuleName, type Subject, severityRank } from '../domain/finding.js';
import type { Address } from '../domain/remote-address.js';
import type { SecurityEvent } from '../domain/security-event.js';
import { AttemptReader, CHAN_SIP } from './attempts.js';
import { BanPolicy, type BanPolicyOptions, isBanned, type Sentence } from './ban-policy.js';
import { DAY_MS, SEVERAL } from './limits.js';
import { type Lodger, Memory, type MemoryOptions } from './memory.js';
import { pardon } from './pardon.js';
import type { Rule, Verdict } from './rule.js';
import { allRules } from './rules/rules.js';
import type { AttemptScene, ProbeScene, Scene, SilenceScene, SuccessScene } from './scene.js';
import { Suspects } from './suspects.js';

export interface DetectorOptions extends BanPolicyOptions, MemoryOptions {
  /** Hosts whose events are grouped into guesses at the same time, at most. */
  readonly hostsMax: number;
  /** Milliseconds since the Unix epoch: no event is newer than now. */
  readonly clock: () => number;
}

export interface DetectorOutput {
  readonly onObservation: (observation: Observation) => void;
  readonly onFinding: (finding: Finding) => void;
  readonly onDecision: (decision: Decision) => void;
  /** Of whoever is banned already: with a blocker it would not have reached the PBX. */
  readonly onKeptOut?: (observation: Observation) => void;
  /** For whoever wants to see why: each scene after its rules were asked. */
  readonly onScene?: (scene: Scene) => void;
}

/** A finding is told again when it got worse, when it leads to a ban for the first time, or so much later; and when so many times the guesses have come. */
const REPEAT_MS = DAY_MS;
const REPEAT_FACTOR = 10;
/** A doubtful login earns nothing for so long. */
const DOUBT_MS = 3 * DAY_MS;

const NO_BAN: Sentence = { action: 'none', address: null, port: null, seconds: null, isProven: false };

/**
 * Security events in, findings and decisions out. It reads no clock but the one it is given, and touches nothing. What it
 * banned is kept out from then on, as if the blocker had obeyed: a rehearsal without a blocker judges as a deployment does.
 */
export class Detector {
  readonly memory: Memory;
  readonly #attempts: AttemptReader;
  readonly #policy: BanPolicy;
  readonly #rules: readonly Rule[];
  readonly #honeypots: ReadonlySet<string>;
  readonly #suspects = new Suspects();
  readonly #clock: () => number;
  readonly #output: DetectorOutput;
  #latest = 0;
  /** Where the last event came in. */
  #local: Address | null = null;

  constructor(options: DetectorOptions, output: DetectorOutput) {
    this.memory = new Memory(options);
    this.#attempts = new AttemptReader(options, (observation) => this.#observe(observation));
    this.#policy = new BanPolicy(options, (place, now) => this.memory.isLivedIn(place, now));
    this.#rules = allRules(options.limits);
    this.#honeypots = options.limits.honeypots;
    this.#clock = options.clock;
    this.#output = output;
  }

  /** How often something that was remembered for less than 32 s had to be forgotten. */
  get limitsReached(): AttemptReader['limitsReached'] {
    return this.#attempts.limitsReached;
  }

  read(event: SecurityEvent): void {
    // What chan_sip reports can be a client's own text.
    if (event.local !== this.#local && event.service !== CHAN_SIP) this.#takeLocal(event.local);
    this.#attempts.read(event);
  }

  /** Looks at what waited for more events to come that did not. */
  flush(): void {
    const now = this.#clock();
    this.#attempts.flush(now);
    for (const suspect of this.#suspects.fallenSilent(now)) this.#silence(this.memory.silence(suspect, now));
  }

  /**
   * Takes in an operator's word on where an account lives. Whoever lives there is kept out by no ban of ours.
   * @returns whether it changed anything: it does so once, however often it is said.
   */
  trust({ isTrusted, ...lodger }: Lodger & { readonly isTrusted: boolean }, saidAt: number): boolean {
    const now = this.#clock();
    const at = Math.min(saidAt, now);
    if (!isTrusted) return this.memory.distrust(lodger, at);
    const place = this.memory.trust(lodger, at);
    if (place === null) return false;
    for (const target of pardon(place, lodger.address, now)) {
      this.#output.onDecision({ type: 'unban', ...target, reason: 'forgiven', at: now });
    }
    return true;
  }

  /** Most events come in at one address of the PBX's, so that it is the same text again. */
  #takeLocal(local: Address | null): void {
    this.#local = local;
    if (local !== null) this.#policy.spareOwn(local);
  }

  #observe(observation: Observation): void {
    this.#output.onObservation(observation);
    const now = this.#timeOf(observation);
    const isKeptOut = this.memory.isKeptOut(observation, now);
    if (isKeptOut) this.#output.onKeptOut?.(observation);
    if (observation.kind === 'success') {
      // A login that proves nothing is still a request, and nobody has business with a honeypot.
      const isBait = this.#honeypots.has(observation.account);
      if (observation.isProof || isBait) this.#success(this.memory.success(observation, now, isKeptOut), isKeptOut);
    } else if (!isKeptOut) {
      this.#failure(
        observation.kind === 'attempt' ? this.memory.attempt(observation, now) : this.memory.probe(observation, now),
      );
    }
  }

  #silence(scene: SilenceScene): void {
    for (const rule of this.#rules) this.#take(rule.name, scene, rule.onSilence?.(scene) ?? null);
  }

  #failure(scene: AttemptScene | ProbeScene): void {
    if ('nature' in scene && scene.nature === 'guess') this.#suspects.take(scene);
    for (const rule of this.#rules) {
      const verdict = 'nature' in scene ? rule.onAttempt?.(scene) : rule.onProbe?.(scene);
      this.#take(rule.name, scene, verdict ?? null);
      // Who is banned is judged no further: one ban has one reason.
      if (isBanned(scene)) break;
    }
    this.#output.onScene?.(scene);
  }

  /** Also of who is banned: whoever gets in nevertheless is the worst news of all. But only a login that a ban let through is one. */
  #success(scene: SuccessScene, isKeptOut: boolean): void {
    let isDoubtful = isKeptOut;
    for (const rule of this.#rules) {
      const verdict = rule.onSuccess?.(scene) ?? null;
      this.#take(rule.name, scene, verdict);
      isDoubtful ||=
        verdict !== null && (rule.name === 'honeypot' || (rule.name === 'breach' && isDamning(verdict, scene)));
    }
    this.#output.onScene?.(scene);
    if (scene.observation.isProof) this.memory.welcome(scene, isDoubtful ? DOUBT_MS : 0);
  }

  /** Does what the rule asks for, as far as the law of bans allows it, and tells of it if it is news. */
  #take(name: RuleName, scene: Scene, verdict: Verdict | null): void {
    if (verdict === null) return;
    const sentence = verdict.ban === null ? NO_BAN : this.#ban(name, scene, verdict, verdict.ban);
    // Each address of a flood would be news; the flood is told instead.
    if (sentence.action === 'unproven_cap') return;
    // Whoever got in is told as such, whatever stands against a ban.
    const isSpared = sentence.action === 'lived_in' && name !== 'breach' && name !== 'honeypot';
    const rule = isSpared ? 'trusted_at_risk' : name;
    const isBan = sentence.action === 'ban';
    if (!isNews(verdict, rule, isBan, scene.now)) return;
    const { severity, attempts, holder } = verdict;
    holder.told = { ...holder.told, [rule]: { at: scene.now, severity, attempts, isBan } };
    this.memory.changed(scene.place);
    if ('account' in scene && scene.account !== null) this.memory.changed(scene.account);
    this.#output.onFinding(findingOf(rule, scene, withResidents(verdict, scene, sentence), sentence));
  }

  #ban(reason: RuleName, scene: Scene, verdict: Verdict, wanted: NonNullable<Verdict['ban']>): Sentence {
    const { observation, place, now } = scene;
    const sentence = this.#policy.decide(scene, wanted);
    const { address, port, seconds, isProven } = sentence;
    if (sentence.action === 'unproven_cap') this.#tellFlood(scene);
    if (address === null || seconds === null) return sentence;
    this.memory.changed(place);
    const { pbx, service } = observation;
    const { attempts, accounts, since } = verdict;
    const evidence = { pbx, service, attempts, accounts, since, isProven };
    this.#output.onDecision({ type: 'ban', address, port, seconds, reason, at: now, evidence });
    return sentence;
  }

  #tellFlood(scene: Scene): void {
    const subject: Subject = { kind: 'pbx', text: scene.observation.pbx };
    const counts = { since: scene.now, attempts: 1, accounts: 0, addresses: 0 };
    const evidence = [{ name: 'unproven', count: 1, weight: 1 }] as const;
    this.#take('unproven_flood', scene, {
      severity: 'warning',
      subject,
      holder: this.memory.pbx,
      ban: null,
      evidence,
      ...counts,
    });
  }

  /** An event is never from the future, whatever the clock of the PBX says. */
  #timeOf({ at }: Observation): number {
    if (at > this.#latest) this.#latest = Math.max(this.#latest, Math.min(at, this.#clock()));
    return Math.min(at, this.#latest);
  }
}

/** Where several accounts log in, people share a place with whoever guessed there. */
function isDamning({ severity }: Verdict, { place }: SuccessScene): boolean {
  return severity === 'critical' || (severity === 'warning' && place.residents < SEVERAL);
}

function isNews({ holder, severity, attempts }: Verdict, rule: RuleName, isBan: boolean, now: number): boolean {
  const told = holder.told?.[rule];
  if (told === undefined) return true;
  const isWorse = severityRank(severity) > severityRank(told.severity);
  const isMore = attempts > 0 && attempts >= told.attempts * REPEAT_FACTOR;
  return isWorse || isMore || (isBan && !told.isBan) || now - told.at >= REPEAT_MS;
}

/** Who would have been harmed by a ban. */
function withResidents(verdict: Verdict, { place }: Scene, { action }: Sentence): Verdict {
  const isKnown = verdict.evidence.some(({ name }) => name === 'residents');
  if (action !== 'lived_in' || isKnown || place.residents === 0) return verdict;
  return { ...verdict, evidence: [...verdict.evidence, { name: 'residents', count: place.residents, weight: 0 }] };
}

function findingOf(rule: RuleName, { observation, now }: Scene, verdict: Verdict, sentence: Sentence): Finding {
  const { pbx, service, remote, proof } = observation;
  const { severity, subject, since, attempts, accounts, addresses, evidence } = verdict;
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
    action: sentence.action,
    banTarget: targetText(sentence),
    banSeconds: sentence.seconds,
    evidence,
  };
}

/** `203.0.113.9:5062`, `[2001:db8::1]:5062`, or the address or prefix. */
function targetText({ address, port }: Sentence): string | null {
  if (address === null || port === null) return address;
  const host = address.replace(/\/\d+$/, '');
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

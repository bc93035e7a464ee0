import { AddressSet } from '../../src/domain/address-set.js';
import { type Finding, RULE_NAMES, type RuleName, SEVERITIES, type Severity } from '../../src/domain/finding.js';
import { prefixOf, runScenario, type ScenarioRun } from './run-scenario.js';
import type { Scenario } from './scenario.js';

/** How often a rule spoke, about different subjects. */
export interface Tally {
  /** What it had to tell, and what it told of that. */
  expected: number;
  found: number;
  /** All that it told, what was true of it, and what was about addresses in whose name somebody else sent. */
  told: number;
  isTrue: number;
  forged: number;
}

export interface Judgement {
  readonly scenario: Scenario;
  /** One sentence for each thing that is not as the scenario says. */
  readonly faults: readonly string[];
  readonly tallies: ReadonlyMap<RuleName, Tally>;
  /** Guesses of all attackers that reached Asterisk while nobody blocked, and while bans were put into effect. */
  readonly guesses: number;
  readonly letThrough: number;
  readonly rules: readonly RuleName[];
}

/** Plays a scenario, first with nobody blocking and then, if there is a difference, with bans. */
export function judge(scenario: Scenario, seed?: number): Judgement {
  const open = runScenario(scenario, false, seed);
  const blocking = open.decisions.length === 0 ? open : runScenario(scenario, true, seed);
  const told = worstSeverities(open.findings);
  return {
    scenario,
    faults: [
      ...missing(scenario, told),
      ...friendsBanned(scenario, open),
      ...friendsBanned(scenario, blocking),
      ...lateBans(scenario, open),
      ...lifted(open),
      ...otherFindings(scenario, open),
      ...inventedAddresses(open),
    ],
    tallies: new Map(RULE_NAMES.map((rule) => [rule, tally(scenario, rule, told)])),
    guesses: guessesOf(scenario, open),
    letThrough: guessesOf(scenario, blocking),
    rules: RULE_NAMES.filter((rule) => (told.get(rule)?.size ?? 0) > 0),
  };
}

/** The worst that each rule said of each subject. */
type Told = ReadonlyMap<RuleName, ReadonlyMap<string, Severity>>;

function worstSeverities(findings: readonly Finding[]): Told {
  const told = new Map<RuleName, Map<string, Severity>>();
  for (const { rule, severity, subject } of findings) {
    const subjects = told.get(rule) ?? new Map<string, Severity>();
    told.set(rule, subjects);
    const before = subjects.get(subject.text);
    if (before === undefined || SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(before)) {
      subjects.set(subject.text, severity);
    }
  }
  return told;
}

function missing({ expected }: Scenario, told: Told): string[] {
  return RULE_NAMES.flatMap((rule) =>
    (expected[rule]?.subjects ?? []).flatMap((subject) => {
      const severity = told.get(rule)?.get(subject) ?? 'nothing';
      return severity === expected[rule]?.severity ? [] : `${rule} says ${severity} of ${subject}`;
    }),
  );
}

/** A ban of a friend's address is one too many, and so is one of a socket that they log in through. */
function friendsBanned({ friends }: Scenario, { decisions, friendlySockets, lost }: ScenarioRun): string[] {
  const set = new AddressSet(friends.map(prefixOf));
  return [
    ...decisions
      .filter(({ address, port }) => port === null && set.overlaps(prefixOf(address)))
      .map(({ address, reason }) => `${address} is banned by ${reason}`),
    ...friendlySockets
      .filter((socket) => friends.includes(socket.replace(/:\d+$/, '')))
      .map((socket) => `${socket} is banned, where a friend logs in`),
    ...friends
      .filter((friend) => lost.has(friend))
      .map((friend) => `${lost.get(friend)} logins of ${friend} are kept out`),
  ];
}

function lateBans({ attackers }: Scenario, { decisions, beforeBan }: ScenarioRun): string[] {
  const banned = new AddressSet(decisions.map(({ address }) => prefixOf(address)));
  return [...attackers].flatMap(([address, bound]) => {
    if (bound === null) return [];
    const guesses = beforeBan.get(address) ?? 0;
    if (!banned.overlaps(prefixOf(address))) return `${address} is never banned`;
    return guesses <= bound ? [] : `${address} is banned after ${guesses} guesses`;
  });
}

/** A login proves nothing about what was guessed before it: no ban ends because of one. */
function lifted({ decisions }: ScenarioRun): string[] {
  return decisions.filter(({ type }) => type === 'unban').map(({ address }) => `the ban of ${address} is lifted`);
}

function otherFindings({ findings: wanted }: Scenario, { findings }: ScenarioRun): string[] {
  return wanted === undefined || findings.length === wanted ? [] : [`there are ${findings.length} findings`];
}

/** A finding that tells of more addresses than there are does not speak the truth. */
function inventedAddresses({ findings, senders }: ScenarioRun): string[] {
  return findings
    .filter(({ addresses }) => addresses > senders)
    .map(({ rule, addresses }) => `${rule} tells of ${addresses} addresses where there are ${senders}`);
}

function tally({ expected, alsoTrue, forged }: Scenario, rule: RuleName, all: Told): Tally {
  const told = all.get(rule) ?? new Map<string, Severity>();
  const wanted = expected[rule]?.subjects ?? [];
  const truths = new Set([...wanted, ...(alsoTrue?.[rule] ?? [])]);
  const others = [...told.keys()].filter((subject) => !truths.has(subject));
  const isForged = forgedSubjects(forged ?? []);
  return {
    expected: wanted.length,
    found: wanted.filter((subject) => told.has(subject)).length,
    told: told.size,
    isTrue: told.size - others.length,
    forged: others.filter(isForged).length,
  };
}

function forgedSubjects(forged: readonly string[]): (subject: string) => boolean {
  const texts = new Set(forged);
  const set = new AddressSet(forged.filter(isAddress).map(prefixOf));
  return (subject) => texts.has(subject) || (isAddress(subject) && set.overlaps(prefixOf(subject)));
}

function isAddress(text: string): boolean {
  return /[.:]/.test(text);
}

function guessesOf({ attackers }: Scenario, { observed }: ScenarioRun): number {
  return [...attackers.keys()].reduce((sum, address) => sum + (observed.get(address) ?? 0), 0);
}

import { findingText } from './alerts/finding-text.js';
import type { Allowlist } from './allowlist/allowlist.js';
import { NEVER_BANNED } from './allowlist/never-banned.js';
import { type DetectorSettings, loadDetectorSettings } from './config/detector-settings.js';
import type { Friends } from './detection/ban-policy.js';
import { Detector, type DetectorOptions } from './detection/detector.js';
import { DAY_MS } from './detection/limits.js';
import { AddressSet, type Prefix, parsePrefix } from './domain/address-set.js';
import type { Decision } from './domain/decision.js';
import type { Finding } from './domain/finding.js';
import { BlockFramer } from './sources/ami/block-framer.js';
import { EventReader } from './sources/ami/event-reader.js';

/** The longest block of AMI that is read, as by default in the exporter (AMI_MESSAGE_BYTES_MAX). */
const BLOCK_BYTES_MAX = 65_536;
/** Hosts whose events are grouped into guesses at the same time. */
export const HOSTS_MAX = 10_000;

/** The settings in the detector's units. */
export function detectorOptions(
  config: DetectorSettings,
): Omit<DetectorOptions, 'friends' | 'random' | 'clock' | 'onDirty'> {
  const { score, ban, enumeration, spray, distributed, honeypot, trust, storm } = config;
  return {
    hostsMax: HOSTS_MAX,
    placesMax: score.addresses,
    banSeconds: ban.seconds,
    banGrowth: ban.growth,
    banSecondsMax: ban.secondsMax,
    unproven: ban.unproven,
    unprovenSeconds: ban.unprovenSeconds,
    unprovenPerMinute: ban.unprovenPerMinute,
    limits: {
      guesses: ban.threshold,
      names: enumeration.accounts,
      probes: enumeration.challenges,
      sprayAccounts: spray.accounts,
      attackers: distributed.addresses,
      homeMs: trust.days * DAY_MS,
      stormPerMinute: storm.perMinute,
      stormFactor: storm.factor,
      honeypots: new Set(honeypot.accounts),
    },
  };
}

/** The detector knows prefixes by their text. */
export function friendsOf(allowlist: Pick<Allowlist, 'has' | 'overlaps'>): Friends {
  return {
    has: (address) => allowlist.has(address),
    overlaps: (text) => {
      const prefix = parsePrefix(text);
      return prefix === null || allowlist.overlaps(prefix);
    },
  };
}

/** What `onFinding` is handed: a finding with its words. */
export interface ToldFinding extends Finding {
  readonly title: string;
  readonly text: string;
}

export interface CreateDetectorOptions {
  /** The program's environment variables, checked as strictly; an empty object for the defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Addresses and prefixes that are never banned. */
  readonly allowlist?: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly clock?: () => number;
  /** From 0 to below 1: bans of the same moment do not end at the same moment. */
  readonly random?: () => number;
  readonly onFinding?: (finding: ToldFinding) => void;
  readonly onDecision?: (decision: Decision) => void;
}

/** The pure detector over the bytes of an AMI connection: no clock but the one it is given, no disk, no network. */
export interface ByteDetector {
  /** @param bytes of one AMI stream, in order, cut anywhere. */
  readAmi(bytes: Buffer): void;
  /** To be called about once a second: looks at what waited for events that did not come. */
  flush(): void;
}

/**
 * The detector that the exporter runs, for programs of your own.
 * @throws TypeError that lists every fault of the settings.
 */
export function createDetector(options: CreateDetectorOptions = {}): ByteDetector {
  const { settings = {}, allowlist = [], clock = Date.now, random = Math.random, onFinding, onDecision } = options;
  const loaded = loadDetectorSettings(settings);
  if (loaded.kind === 'faults') throw new TypeError(loaded.faults.join('\n'));
  const prefixes = allowlist.map(prefixOf);
  const friends = friendsOf(new AddressSet([...NEVER_BANNED, ...prefixes]));
  const detector = new Detector(
    {
      ...detectorOptions(loaded.config),
      clock,
      random,
      onDirty: () => undefined,
      friends,
    },
    {
      onObservation: () => undefined,
      onFinding: (finding) => onFinding?.({ ...finding, ...findingText(finding) }),
      onDecision: (decision) => onDecision?.(decision),
    },
  );
  const reader = new EventReader(
    { pbx: null, pbxDefault: 'pbx', blockBytesMax: BLOCK_BYTES_MAX },
    { onEvent: (event) => detector.read(event), onMalformed: () => undefined, onMessage: () => undefined },
  );
  const framer = new BlockFramer(BLOCK_BYTES_MAX, () => undefined);
  return { readAmi: (bytes) => framer.push(bytes, (blocks) => reader.read(blocks)), flush: () => detector.flush() };
}

/** @throws TypeError for a text that is no address and no prefix. */
function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === null) throw new TypeError(`allowlist: ${JSON.stringify(text)} is no address and no prefix`);
  return prefix;
}

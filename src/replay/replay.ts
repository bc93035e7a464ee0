import type { Readable } from 'node:stream';
import { peersOf } from '../config/peers.js';
import type { ReplayConfig } from '../config/replay-config.js';
import { friendsOf } from '../detector.js';
import { visiblePath } from '../text/visible-text.js';
import { openReplayAllowlist, type ReplayAllowlistOptions } from './allowlist.js';
import type { BanChoice, ReplayArguments } from './arguments.js';
import { type BanResultView, banLines } from './ban-result.js';
import { ReplayDetector } from './detector.js';
import { Explanation } from './explanation.js';
import { explanationText } from './explanation-text.js';
import { handOver } from './hand-over.js';
import { type FoundInput, findInputs } from './inputs.js';
import { type JsonParts, jsonReport } from './json-report.js';
import { ProgressBar, type ProgressOutput } from './progress-bar.js';
import { readInputs } from './reading.js';
import { ReplayReport } from './report.js';
import { textReport } from './text-report.js';

export interface ReplayOptions extends Pick<ReplayAllowlistOptions, 'resolve'> {
  readonly arguments: ReplayArguments;
  readonly config: ReplayConfig;
  readonly stdin: Readable;
  readonly out: ProgressOutput;
  readonly err: ProgressOutput;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** How long the blocker may say nothing. */
  readonly silenceMs?: number;
}

/** How a replay ended. */
export type ReplayEnd =
  | 'done'
  /** A file is damaged, or nobody knows what it is; the report has what could be read. */
  | 'bad-data'
  /** A file cannot be opened; nothing was read. */
  | 'no-input'
  /** Bans are to be handed on, and nobody said to whom. */
  | 'no-socket'
  /** The blocker did not answer. */
  | 'no-blocker'
  | 'interrupted';

const SILENCE_MS = 10_000;

/** Reads files through the live pipeline and reports what it would have found; when the signal is aborted, what was read up to then. */
export async function replayFiles(options: ReplayOptions, signal: AbortSignal): Promise<ReplayEnd> {
  const { config, arguments: wanted, err } = options;
  const complain = (text: string) => err.write(`asterisk-auth-stats: ${text}\n`);
  if (wanted.ban !== 'none' && config.decision.socket === null) {
    complain("DECISION_SOCKET is missing: --ban and --ban-all need the path of the blocker's socket");
    return 'no-socket';
  }
  const inputs = await findInputs(wanted.files, wanted.format, signal);
  if (signal.aborted) return replay([], { ...options, complain }, signal);
  const faults = inputs.filter((input) => 'reason' in input);
  for (const { name, reason } of faults) complain(`${visiblePath(name)}: ${reason}`);
  if (faults.length > 0) return faults.every(({ isData }) => isData) ? 'bad-data' : 'no-input';
  const found = inputs.filter((input) => 'format' in input);
  return replay(found, { ...options, complain }, signal);
}

type Complaining = ReplayOptions & { readonly complain: (text: string) => void };

async function replay(found: readonly FoundInput[], options: Complaining, signal: AbortSignal): Promise<ReplayEnd> {
  const { config, arguments: wanted, stdin, out, err, clock, complain, resolve } = options;
  const report = new ReplayReport({ rowsMax: config.score.addresses, top: wanted.top });
  const explanation = wanted.explain === null ? null : new Explanation(wanted.explain);
  const entries = [...config.allowlist, ...peersOf(config)];
  const friends = friendsOf(
    await openReplayAllowlist({ entries, complain, ...(resolve !== undefined && { resolve }) }),
  );
  const detector = new ReplayDetector({ config, friends, report, explanation });
  const progress = new ProgressBar({ out: err, bytesTotal: bytesOf(found), clock: () => performance.now() });

  const inputs = await readInputs(found, { config, stdin, report, detector, progress, clock, complain }, signal);
  for (const { name, fault } of inputs) if (fault !== null) complain(`${visiblePath(name)}: ${fault}`);
  const isInterrupted = signal.aborted;
  const bans = isInterrupted ? null : await handOverBans(report, options, signal);

  const view = report.view({ inputs, isInterrupted, now: clock() });
  const told = explanation === null ? null : { told: explanation, state: detector.stateOf(explanation.address) };
  const parts: JsonParts = { report: view, explanation: told, bans };
  out.write(`${wanted.isJson ? jsonReport(parts) : textOf(parts, widthOf(out))}\n`);
  if (isInterrupted) return 'interrupted';
  if (inputs.some(({ fault }) => fault !== null)) return 'bad-data';
  return bans?.some(({ result }) => result === 'unanswered') ? 'no-blocker' : 'done';
}

function textOf({ report, explanation, bans }: JsonParts, width: number): string {
  const parts = [textReport(report, width)];
  if (explanation !== null) parts.push(explanationText(explanation.told, explanation.state, width));
  if (bans !== null) parts.push(['Handed to the blocker:', ...banLines(bans)].join('\n  '));
  return parts.join('\n\n');
}

/** What is not a terminal has room for every line. */
function widthOf({ isTTY, columns = 80 }: ProgressOutput): number {
  return isTTY === true ? columns : Number.POSITIVE_INFINITY;
}

/** @returns null where none are to be handed on. */
async function handOverBans(
  { ledger }: ReplayReport,
  { arguments: { ban }, config, clock, complain, silenceMs = SILENCE_MS }: Complaining,
  signal: AbortSignal,
): Promise<BanResultView[] | null> {
  const { socket: path } = config.decision;
  if (ban === 'none' || path === null) return null;
  const now = clock();
  const bans = chosenBans[ban](ledger, now).map((decision) => ({ ...decision, at: now }));
  const onLost = (reason: string) => complain(`no connection to the blocker: ${reason}`);
  return handOver(bans, { path, silenceMs, onLost }, signal);
}

const chosenBans = {
  'in-force': (ledger, now) => ledger.inForceAt(now),
  all: (ledger) => ledger.all(),
} as const satisfies Record<Exclude<BanChoice, 'none'>, (ledger: ReplayReport['ledger'], now: number) => unknown>;

/** Null where the size of one is not known. */
function bytesOf(found: readonly FoundInput[]): number | null {
  return found.reduce<number | null>(
    (sum, { sizeBytes }) => (sum === null || sizeBytes === null ? null : sum + sizeBytes),
    0,
  );
}

import type { BanAnswer } from '../domain/ban.js';
import { fieldsText } from '../domain/ban-target.js';
import type { BanDecision } from '../domain/decision.js';
import { UnixFeed } from '../wire/client/unix-feed.js';
import type { BanResultView } from './ban-result.js';

export interface HandOverOptions {
  /** Of the blocker's socket. */
  readonly path: string;
  /** How long nothing may be answered. */
  readonly silenceMs: number;
  /** Told why there is no connection, each time. */
  readonly onLost: (reason: string) => void;
}

/** Hands bans to the blocker and waits for what it says of each; for whoever says nothing for long it does not wait. */
export async function handOver(
  bans: readonly BanDecision[],
  options: HandOverOptions,
  signal: AbortSignal,
): Promise<BanResultView[]> {
  const answers = new Map<string, BanAnswer>();
  if (bans.length > 0) await converse(bans, answers, options, signal);
  return bans.map((ban) => {
    const address = fieldsText(ban);
    const { result = 'unanswered', reason = null } = answers.get(address) ?? {};
    return { address, seconds: ban.seconds, result, reason };
  });
}

async function converse(
  bans: readonly BanDecision[],
  answers: Map<string, BanAnswer>,
  { path, silenceMs, onLost }: HandOverOptions,
  signal: AbortSignal,
): Promise<void> {
  const waiting = new Set(bans.map(fieldsText));
  const done = new AbortController();
  const silence = setTimeout(() => done.abort(), silenceMs);
  const feed = new UnixFeed({
    path,
    // Whoever was silent for so long gets no grace.
    graceMs: 0,
    queueMax: bans.length,
    onState: (state) => {
      if (state.state === 'lost') onLost(state.reason);
    },
    onAnswer: (answer) => {
      answers.set(fieldsText(answer), answer);
      silence.refresh();
      waiting.delete(fieldsText(answer));
      if (waiting.size === 0) done.abort();
    },
  });
  for (const ban of bans) feed.push(ban);
  await feed.run(AbortSignal.any([done.signal, signal]));
  clearTimeout(silence);
}

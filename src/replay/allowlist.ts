import { Allowlist, type AllowlistOptions } from '../allowlist/allowlist.js';
import type { Log } from '../domain/log.js';
import { pause } from '../lifecycle/pause.js';

export interface ReplayAllowlistOptions extends Pick<AllowlistOptions, 'resolve'> {
  /** As of AllowlistOptions. */
  readonly entries: readonly string[];
  /** How long names may keep the reading waiting. */
  readonly resolveMs?: number;
  /** Told what people should know. */
  readonly complain: (text: string) => void;
}

/** The live allowlist, of which names are looked up once; whoever does not answer soon is not waited for. */
export async function openReplayAllowlist(options: ReplayAllowlistOptions): Promise<Allowlist> {
  const { entries, resolveMs = 2_000, complain, ...dns } = options;
  const allowlist = new Allowlist({ entries, log: complaints(complain), ...dns });
  const stop = new AbortController();
  const resolving = allowlist.run(stop.signal);
  await Promise.race([allowlist.ready(), pause(resolveMs, stop.signal)]);
  stop.abort();
  await resolving;
  return allowlist;
}

function complaints(complain: (text: string) => void): Log {
  const tell = (fields: object, message: string) => complain(`${message} ${JSON.stringify(fields)}`);
  return { debug: tell, info: tell, warn: tell, error: tell };
}

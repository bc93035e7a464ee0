import { pino } from 'pino';
import type { ExporterConfig } from '../config/load-config.js';
import { untilStopped } from './until-stopped.js';

export function logOf({ logLevel }: Pick<ExporterConfig, 'logLevel'>) {
  const stdout = pino.destination(1);
  // Without its flushSync, with which pino puts a fatal line in front of one that a busy thread pool has not written yet.
  const inOrder = { write: (line: string) => stdout.write(line) };
  return pino({ level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, inOrder);
}

export interface Service {
  readonly config: Pick<ExporterConfig, 'stopSeconds'>;
  readonly log: ReturnType<typeof logOf>;
  /** What the first signal is answered with. */
  readonly stopping: string;
}

/** Runs until a signal. @param program resolves to whether its stop left nothing undone. @returns the exit code. */
export async function serve(
  { config, log, stopping }: Service,
  program: (signal: AbortSignal) => Promise<boolean>,
): Promise<number> {
  try {
    const isDone = await untilStopped(config.stopSeconds, program, (signal) => log.info({ signal }, stopping));
    log.info({ isDone }, 'stopped');
    return isDone ? 0 : 1;
  } catch (error) {
    log.fatal(error);
    return 1;
  }
}

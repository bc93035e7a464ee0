import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A program that we started. */
export interface Child {
  readonly pid: number;
  /** Resolves when it has ended, with its exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  /** Null while it runs. */
  exitCode(): number | null;
  signal(name: NodeJS.Signals): void;
  /** Asks it to end, and kills it where it does not within 5 s. */
  stop(): Promise<number | null>;
}

/**
 * Starts a program that does not outlive this process, however this process ends: the kernel kills it then.
 * `logFile` takes its output.
 */
export function startChild(
  command: readonly string[],
  { env, logFile }: { readonly env: NodeJS.ProcessEnv; readonly logFile: string },
): Child {
  const log = openSync(logFile, 'w');
  // setpriv, chroot and env replace themselves by what they start, so the pid stays the program's.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], { env, stdio: ['ignore', log, log] });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command[0]} did not start`);
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    pid,
    ended,
    exitCode: () => child.exitCode,
    signal: (name) => {
      child.kill(name);
    },
    stop: async () => {
      if (!running()) return ended;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      return ended.finally(() => clearTimeout(timer));
    },
  };
}

/** The last lines of a log, for the message of a failure. */
export function tail(logFile: string): string {
  return readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n');
}

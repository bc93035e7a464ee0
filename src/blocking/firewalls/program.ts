import { ProgramProcess } from './program-process.js';

export { PROGRAM_ENVIRONMENT } from './program-process.js';

export interface ProgramOptions {
  /** Without a path: it is looked for where administrators' programs are. */
  readonly name: string;
  /** What to install where it is missing. */
  readonly packageName: string;
  /** How long one run may take, 15 s where it is not said: nft lists 100,000 bans in 2 s. */
  readonly deadlineMs?: number;
  /** Of the output, in bytes, 64 MiB where it is not said (half a million bans); a run that writes more is ended. */
  readonly outputMax?: number;
}

/** A program of the system's that changes or shows the firewall. Never through a shell. */
export interface Program {
  /**
   * @param input what it reads.
   * @returns what it wrote.
   * @throws FirewallError
   */
  run(args: readonly string[], input?: string): Promise<string>;
}

/** One process for each run. */
export function systemProgram(options: ProgramOptions): Program {
  return { run: async (args, input = '') => new ProgramProcess(options, args).finish(input) };
}

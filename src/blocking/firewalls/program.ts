import { type ProgramOptions, ProgramProcess } from './program-process.js';

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

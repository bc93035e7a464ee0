import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { FirewallError } from '../firewall.js';

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

/** Nothing of our own environment reaches it: a variable may be a secret. Its words must be English to be understood. */
const PROGRAM_ENVIRONMENT = { PATH: '/usr/sbin:/sbin:/usr/bin:/bin', LC_ALL: 'C', HOME: '/nonexistent' };

const DEADLINE_MS = 15_000;
const OUTPUT_MAX = 64 * 1024 * 1024;
/** Kept of what it says on stderr: nft repeats there the whole line that it did not like. */
const COMPLAINT_MAX = 4_096;
const COMPLAINT_LINES = 2;
const COMPLAINT_LINE_LENGTH = 200;

/** As nft, ipset and iptables say it. */
const NOT_PERMITTED = /operation not permitted|permission denied|must be root/i;

/** One run of a program: it starts at once and waits for its input, however long that takes to come. */
export class ProgramProcess {
  readonly #name: string;
  readonly #deadlineMs: number;
  readonly #outputMax: number;
  readonly #child: ChildProcessWithoutNullStreams;
  /** Resolves when nothing more comes of it. */
  readonly #over: Promise<void>;
  /* c8 ignore next -- the constructor puts the real one in its place at once */
  #onOver: () => void = () => {};
  /** Why it was ended or did not start; null while nothing of that happened. */
  #fault: FirewallError | null = null;
  readonly #output: Buffer[] = [];
  #outputBytes = 0;
  #complaint = '';

  /** @throws FirewallError where the system lets nobody start a process. */
  constructor({ name, packageName, deadlineMs, outputMax }: ProgramOptions, args: readonly string[]) {
    this.#name = name;
    this.#deadlineMs = deadlineMs ?? DEADLINE_MS;
    this.#outputMax = outputMax ?? OUTPUT_MAX;
    this.#child = start(name, packageName, args);
    this.#over = new Promise((resolve) => {
      this.#onOver = resolve;
    });
    this.#child.once('error', (error) => this.#end(startFault(error, name, packageName)));
    this.#child.once('close', () => this.#onOver());
    this.#child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString()).slice(0, COMPLAINT_MAX);
    });
    // It may end without having read all: how it ended says more than the broken pipe.
    this.#child.stdin.on('error', () => {});
  }

  /** Whether it can still be given its input. */
  get isWaiting(): boolean {
    return this.#fault === null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Gives it its input, to be called once. The deadline begins now; what a program that was ended had already told the kernel
   * may be done or not.
   * @returns what it wrote, after it has ended well.
   * @throws FirewallError
   */
  async finish(input: string): Promise<string> {
    const seconds = this.#deadlineMs / 1000;
    const timer = setTimeout(
      () => this.#end(new FirewallError('timeout', `${this.#name} did not end within ${seconds} s`)),
      this.#deadlineMs,
    );
    this.#child.stdin.end(input);
    await this.#over;
    clearTimeout(timer);
    if (this.#fault !== null) throw this.#fault;
    if (this.#child.exitCode !== 0) throw this.#failure();
    return Buffer.concat(this.#output).toString();
  }

  /** Ends it where it waits, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#over;
  }

  #take(chunk: Buffer): void {
    this.#outputBytes += chunk.length;
    if (this.#outputBytes > this.#outputMax) {
      this.#end(new FirewallError('rejected', `${this.#name} wrote more than ${this.#outputMax} bytes`));
    } else {
      this.#output.push(chunk);
    }
  }

  /** Nobody waits for it any longer, not even where it cannot be killed because it hangs in the kernel. */
  #end(fault: FirewallError): void {
    this.#fault ??= fault;
    this.#child.kill('SIGKILL');
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    this.#onOver();
  }

  #failure(): FirewallError {
    const { exitCode, signalCode } = this.#child;
    const how = signalCode === null ? `ended with code ${exitCode}` : `was ended by ${signalCode}`;
    const said = firstLines(this.#complaint);
    const message = `${this.#name} ${how}${said && `: ${said}`}`;
    return NOT_PERMITTED.test(this.#complaint)
      ? new FirewallError('not_permitted', `${message}. ${PERMISSION_REMEDY}`)
      : new FirewallError('rejected', message);
  }
}

const PERMISSION_REMEDY =
  'Run as root or with the ambient capability CAP_NET_ADMIN; a container needs the capability NET_ADMIN too.';

function start(name: string, packageName: string, args: readonly string[]): ChildProcessWithoutNullStreams {
  try {
    // The directory that we were started in may be gone, and would look as if the program were.
    return spawn(name, args, { env: PROGRAM_ENVIRONMENT, cwd: '/', stdio: 'pipe' });
  } catch (error) {
    // What is not emitted is thrown, such as ENOMEM: by Node, so that it is an error with a code.
    throw startFault(error as NodeJS.ErrnoException, name, packageName);
  }
}

function startFault(error: NodeJS.ErrnoException, name: string, packageName: string): FirewallError {
  if (error.code === 'ENOENT') {
    const message = `${name} is not in ${PROGRAM_ENVIRONMENT.PATH}: install the package ${packageName}`;
    return new FirewallError('no_program', message, error);
  }
  return new FirewallError('rejected', `${name} cannot be started: ${error.message}`, error);
}

/** Bounded, in one line, and without what would act on a terminal. */
function firstLines(complaint: string): string {
  return complaint
    .split('\n')
    .map((line) =>
      line
        .replace(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, COMPLAINT_LINE_LENGTH),
    )
    .filter((line) => line !== '')
    .slice(0, COMPLAINT_LINES)
    .join('; ');
}

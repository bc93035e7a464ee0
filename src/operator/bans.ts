import { type BanTarget, targetFields } from '../domain/ban-target.js';
import { asciiJson } from '../wire/json-line.js';
import { addedText, flushedText, removedText, statusText, testedText } from './answer-text.js';
import type { BansArguments } from './arguments.js';
import { ControlClient, type ControlClientOptions } from './client.js';
import { ControlError, type ControlFailure } from './error.js';
import { banListText } from './list-text.js';
import { Pipeline } from './pipeline.js';
import { eachTarget } from './target-lines.js';

/** The terminal, or whatever the output is. */
interface BansOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface BansOptions extends Pick<ControlClientOptions, 'path' | 'silenceMs' | 'connect'> {
  readonly arguments: Exclude<BansArguments, { command: 'help' }>;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: BansOutput;
  readonly stderr: BansOutput;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** All done; something was refused, not banned, or not understood. */
const EXIT_DONE = 0;
const EXIT_NOT_ALL = 1;
/** sysexits.h, but for the last: there a blocker is, and did not do it. */
const EXITS: Readonly<Record<ControlFailure, number>> = {
  'no-blocker': 69,
  'not-permitted': 77,
  'wrong-path': 78,
  failed: EXIT_NOT_ALL,
};

/** Questions that are open at one time: enough that the blocker never waits for the next one. */
const OPEN_MAX = 256;

/** Has the blocker do what an operator asks for, and tells what became of it. @returns the exit code. */
export async function runBans(options: BansOptions): Promise<number> {
  try {
    const client = await ControlClient.open(options);
    const isDone = await run(client, options).finally(() => client.close());
    return isDone ? EXIT_DONE : EXIT_NOT_ALL;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    complain(options, error.message);
    return EXITS[error.failure];
  }
}

/** @returns whether all was done. */
async function run(client: ControlClient, options: BansOptions): Promise<boolean> {
  const { arguments: wanted, stdout, now } = options;
  const tell = (text: string, fields: object) => stdout.write(`${wanted.isJson ? asciiJson(fields) : text}\n`);
  switch (wanted.command) {
    case 'list': {
      const bans = await client.list();
      stdout.write(wanted.isJson ? jsonArray(bans) : `${banListText(bans, now(), widthOf(stdout))}\n`);
      return true;
    }
    case 'status': {
      const status = await client.status();
      tell(statusText(status, now()), status);
      return status.fault === null;
    }
    case 'flush': {
      const flushed = await client.flush();
      tell(flushedText(flushed), flushed);
      return flushed.isSaved;
    }
    case 'add':
    case 'remove':
    case 'test':
      return runEach(client, wanted, options);
    /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each command.
    default:
      return wanted satisfies never;
  }
}

/** What became of one address. */
interface Outcome {
  readonly isDone: boolean;
  readonly text: string;
  readonly fields: object;
}

type EachArguments = Extract<BansArguments, { command: 'add' | 'remove' | 'test' }>;

async function runEach(client: ControlClient, wanted: EachArguments, options: BansOptions): Promise<boolean> {
  const { stdin, stdout, now } = options;
  let isAllDone = true;
  const pipeline = new Pipeline<Outcome>(OPEN_MAX, ({ isDone, text, fields }) => {
    isAllDone &&= isDone;
    stdout.write(`${wanted.isJson ? asciiJson(fields) : text}\n`);
  });
  for await (const target of eachTarget(wanted.targets, stdin)) {
    if ('fault' in target) {
      isAllDone = false;
      complain(options, target.fault);
    } else {
      await pipeline.add(outcomeOf(client, wanted, target, now));
    }
  }
  await pipeline.end();
  return isAllDone;
}

async function outcomeOf(
  client: ControlClient,
  wanted: EachArguments,
  target: BanTarget,
  now: () => number,
): Promise<Outcome> {
  const fields = targetFields(target);
  switch (wanted.command) {
    case 'add': {
      const { seconds, reason } = wanted;
      const added = { ...fields, ...(await client.add({ target, seconds, reason })) };
      return { isDone: added.result !== 'refused', text: addedText(added), fields: added };
    }
    case 'remove': {
      const removal = await client.remove(target);
      const isDone = (removal.isRemoved || removal.sockets > 0) && removal.isSaved;
      return { isDone, text: removedText(fields, removal), fields: { ...fields, ...removal } };
    }
    case 'test': {
      const test = await client.test(target);
      const isDone = test.refusal === null || test.ban !== null;
      return { isDone, text: testedText(fields, test, now()), fields: { ...fields, ...test } };
    }
    /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each command.
    default:
      return wanted satisfies never;
  }
}

/** One ban a line, so that it can be read by eye and by tools for lines, too. */
function jsonArray(bans: readonly object[]): string {
  return bans.length === 0 ? '[]\n' : `[\n${bans.map(asciiJson).join(',\n')}\n]\n`;
}

/** What is not a terminal has room for every line. */
function widthOf({ isTTY, columns = 80 }: BansOutput): number {
  return isTTY === true ? columns : Number.POSITIVE_INFINITY;
}

function complain({ stderr }: BansOptions, text: string): void {
  stderr.write(`asterisk-auth-stats: ${text}\n`);
}

import type { BanTarget } from '../domain/ban-target.js';
import { LineFramer } from '../wire/line-framer.js';
import type { Targets } from './arguments.js';
import { readTyped } from './target.js';

/** What is wrong with the input, for people. */
export interface TargetFault {
  readonly fault: string;
}

/** Of a line; no address with a comment that anybody reads is longer. */
const LINE_BYTES_MAX = 1024;
const INPUT_TARGETS_MAX = 100_000;

/**
 * The targets in their order, `-` replaced by those of the input, each as soon as its line has come. A line that is none is told and
 * the rest goes on; after so many addresses the input is left.
 */
export async function* eachTarget(
  targets: Targets,
  input: AsyncIterable<Uint8Array>,
  targetsMax = INPUT_TARGETS_MAX,
): AsyncGenerator<BanTarget | TargetFault> {
  for (const target of targets) {
    if (target === '-') yield* readable(inputTargets(input, targetsMax));
    else yield target;
  }
}

/** The same; an input that cannot be read on is a fault of it as well. */
async function* readable(targets: AsyncGenerator<BanTarget | TargetFault>): AsyncGenerator<BanTarget | TargetFault> {
  try {
    yield* targets;
  } catch (error) {
    // The system's: it is a folder, for instance.
    yield { fault: `standard input cannot be read: ${(error as Error).message}` };
  }
}

async function* inputTargets(
  input: AsyncIterable<Uint8Array>,
  targetsMax: number,
): AsyncGenerator<BanTarget | TargetFault> {
  let lineNumber = 0;
  let count = 0;
  for await (const line of linesOf(input)) {
    lineNumber += 1;
    const text = line?.replace(/#.*/s, '').trim();
    if (text === '') continue;
    count += 1;
    if (count > targetsMax) {
      yield { fault: `standard input, line ${lineNumber}: more than ${targetsMax} addresses; the rest is not read` };
      return;
    }
    const target = text === undefined ? new Error(`longer than ${LINE_BYTES_MAX} bytes`) : readTyped(text);
    yield target instanceof Error ? { fault: `standard input, line ${lineNumber}: ${target.message}` } : target;
  }
}

/** Undefined for a line that is too long. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  let lines: (string | undefined)[] = [];
  const framer = new LineFramer(LINE_BYTES_MAX, {
    onLine: (line) => lines.push(line),
    onOversize: () => lines.push(undefined),
  });
  for await (const chunk of input) {
    framer.push(Buffer.from(chunk));
    yield* lines;
    lines = [];
  }
  // The last line may have no end.
  framer.push(Buffer.from('\n'));
  yield* lines;
}

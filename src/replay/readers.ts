import { BlockFramer } from '../sources/ami/block-framer.js';
import { EventReader } from '../sources/ami/event-reader.js';
import { LineSplitter } from '../sources/log/line-splitter.js';
import type { LogReader, LogReaderOutput } from '../sources/log/log-reader.js';
import { MessagesLog } from '../sources/log/messages-log.js';
import { SecurityLog } from '../sources/log/security-log.js';
import type { LinePattern } from '../text/line-pattern.js';
import { CopiedAmi } from './copied-ami.js';
import { type InputFormat, isCopiedAmi } from './input-format.js';

/** Takes in the bytes of one file, in order. */
export interface ReplayReader {
  push(chunk: Buffer): void;
  end(): void;
}

export interface ReplayReaderOptions {
  readonly format: InputFormat;
  /** The beginning of what will be pushed. */
  readonly head: Buffer;
  /** What events call the PBX; null: as Asterisk does, else `host`. */
  readonly pbxName: string | null;
  readonly host: string;
  /** Milliseconds since the Unix epoch: for the year, which most logs leave out. No line of the file is newer. */
  readonly clock: () => number;
  /** The lines of one's own in a messages log. */
  readonly patterns: readonly LinePattern[];
  /** The longest block of AMI. */
  readonly blockBytesMax: number;
}

/** The longest line of a log; no message of Asterisk's that tells of a failure is longer. */
const LINE_BYTES_MAX = 65_536;

/** The same readers as of a live source, for a file of that format. */
export function openReader(options: ReplayReaderOptions, output: LogReaderOutput): ReplayReader {
  const { format, pbxName, host, clock, patterns } = options;
  const pbx = pbxName ?? host;
  switch (format) {
    case 'ami':
      return amiReader(options, output);
    case 'security-log':
      return new LogRecording(new SecurityLog({ pbx }, output), output);
    case 'messages-log':
      return new LogRecording(new MessagesLog({ pbx, clock, patterns }, output), output);
    /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each format.
    default:
      return format satisfies never;
  }
}

function amiReader(options: ReplayReaderOptions, output: LogReaderOutput): ReplayReader {
  if (!isCopiedAmi(options.head)) return new AmiRecording(options, output);
  const copy = new CopiedAmi();
  const head = copy.read(options.head);
  copy.clear();
  const recording = new AmiRecording({ ...options, head }, output);
  return {
    push: (chunk) => recording.push(copy.read(chunk)),
    end: () => {
      recording.push(copy.read(Buffer.from('\n\n')));
      recording.end();
    },
  };
}

const GREETING = /^Asterisk Call Manager\/[^\r\n]*\r\n/;
const MESSAGE_START = /^(?:Event|Response): /;
const BLOCK_END = '\r\n\r\n';

/** What a client of AMI received, from the greeting on or from anywhere. */
class AmiRecording implements ReplayReader {
  readonly #framer: BlockFramer;
  readonly #reader: EventReader;
  readonly #output: LogReaderOutput;
  /** Bytes that are in front of the first whole message. */
  #skip: number;

  constructor({ head, pbxName, host, blockBytesMax }: ReplayReaderOptions, output: LogReaderOutput) {
    this.#output = output;
    this.#framer = new BlockFramer(blockBytesMax, () => output.onMalformed('oversize'));
    this.#reader = new EventReader(
      { pbx: pbxName, pbxDefault: host, blockBytesMax },
      {
        onEvent: output.onEvent,
        onMalformed: output.onMalformed,
        onMessage: () => output.onIgnored(),
      },
    );
    this.#skip = this.#startOf(head);
  }

  push(chunk: Buffer): void {
    const bytes = chunk.subarray(this.#skip);
    this.#skip -= chunk.length - bytes.length;
    if (bytes.length > 0) this.#framer.push(bytes, (blocks) => this.#reader.read(blocks));
  }

  end(): void {
    if (this.#framer.isMidBlock) this.#output.onMalformed('truncated');
  }

  #startOf(head: Buffer): number {
    const text = head.toString('latin1');
    const greeting = GREETING.exec(text)?.[0];
    if (greeting !== undefined) return greeting.length;
    if (MESSAGE_START.test(text)) return 0;
    this.#output.onMalformed('truncated');
    const end = text.indexOf(BLOCK_END);
    return end < 0 ? head.length : end + BLOCK_END.length;
  }
}

class LogRecording implements ReplayReader {
  readonly #reader: LogReader;
  readonly #splitter: LineSplitter;
  /** What is not a whole line yet, LINE_BYTES_MAX at most. */
  #rest: Buffer = Buffer.alloc(0);
  #isFirst = true;

  constructor(reader: LogReader, output: LogReaderOutput) {
    this.#reader = reader;
    this.#splitter = new LineSplitter(LINE_BYTES_MAX, () => {
      output.onMalformed('oversize');
      reader.skipped();
      // Even where it is the first line: a new beginning would trust what comes next.
      this.#isFirst = false;
    });
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const done = this.#splitter.push(bytes, (lines) => this.#read(lines));
    this.#rest = Buffer.from(bytes.subarray(done));
  }

  /** A file that is no longer written to has no line that goes on, whether or not the last one has an end. */
  end(): void {
    if (this.#rest.length > 0) this.push(Buffer.from('\n'));
    this.#reader.settle();
  }

  #read(lines: Buffer): void {
    this.#reader.read(lines, this.#isFirst);
    this.#isFirst = false;
  }
}

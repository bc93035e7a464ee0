import { hostname } from 'node:os';
import type { Readable } from 'node:stream';
import type { ReplayConfig } from '../config/replay-config.js';
import { visiblePath, visibleText } from '../text/visible-text.js';
import { type ByteSource, withHead } from './byte-source.js';
import type { ReplayDetector } from './detector.js';
import { detectFormat, HEAD_BYTES, type InputFormat, isCopiedAmi } from './input-format.js';
import { type FoundInput, faultOf, openInput } from './inputs.js';
import type { ProgressBar } from './progress-bar.js';
import { openReader, type ReplayReader } from './readers.js';
import type { ReplayReport } from './report.js';
import type { InputView } from './report-view.js';
import { unknownInput } from './unknown-input.js';

export interface ReadingOptions {
  readonly config: ReplayConfig;
  readonly stdin: Readable;
  readonly report: ReplayReport;
  readonly detector: ReplayDetector;
  readonly progress: ProgressBar;
  /** Told what somebody should know of a file that can be read, once for each. */
  readonly complain: (text: string) => void;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
}

/** Reads the files one after the other, as fast as it can, until the signal is aborted. Never rejects for what is in them. */
export async function readInputs(
  found: readonly FoundInput[],
  options: ReadingOptions,
  signal: AbortSignal,
): Promise<InputView[]> {
  const { detector, progress } = options;
  const views: InputView[] = [];
  for (const input of found) if (!signal.aborted) views.push(await readInput(input, views, options, signal));
  detector.end();
  progress.clear();
  return views;
}

async function readInput(
  { name, format: given }: FoundInput,
  before: readonly InputView[],
  options: ReadingOptions,
  signal: AbortSignal,
): Promise<InputView> {
  const { stdin, report, progress } = options;
  const bytesBefore = before.reduce((sum, { bytes }) => sum + bytes, 0);
  let format = given;
  let fault: string | null = null;
  const source = await openInput(name, stdin, signal);
  try {
    const { head, chunks } = await withHead(source.chunks(), HEAD_BYTES);
    format ??= detectFormat(head);
    if (format === null && head.length > 0) fault = unknownInput(head);
    const reader = format === null || head.length === 0 ? null : openFor({ name, source, format, head }, options);
    if (reader !== null) {
      for await (const chunk of chunks) {
        reader.push(chunk);
        progress.update(bytesBefore + source.bytesRead, report.events);
      }
      reader.end();
    }
  } catch (error) {
    // The system's and zlib's, and what a stream says that was closed because somebody stopped us.
    fault = signal.aborted ? null : faultOf(error).reason;
  }
  source.close();
  return { name, format, bytes: source.bytesRead, fault };
}

interface Opened {
  readonly name: string;
  readonly source: ByteSource;
  readonly format: InputFormat;
  readonly head: Buffer;
}

function openFor({ name, source, format, head }: Opened, options: ReadingOptions): ReplayReader {
  const { config, report, detector, clock, complain } = options;
  const { modifiedAt } = source;
  const writtenAt = modifiedAt ?? Number.POSITIVE_INFINITY;
  const note = (text: string) => complain(`${visiblePath(name)}: ${text}`);
  if (format === 'ami' && isCopiedAmi(head)) note(COPIED_AMI);
  let isTold = false;
  return openReader(
    {
      format,
      head,
      pbxName: config.pbxName,
      host: hostname(),
      clock: () => Math.min(writtenAt, clock()),
      blockBytesMax: config.ami.messageBytesMax,
      patterns: config.linePatterns,
    },
    {
      onEvent: (event) => detector.read(event),
      onMalformed: (reason) => report.malformed(reason),
      onIgnored: () => report.ignored(),
      onUnknownPrefix: (line) => {
        if (!isTold) note(`${UNKNOWN_PREFIX}: "${visibleText(line)}"`);
        isTold = true;
      },
    },
  );
}

const COPIED_AMI =
  'AMI ends its lines with CR and LF, and these end with LF alone: it is a copy, in which what a client wrote cannot be told from what Asterisk did. Take what it says for no proof';
const UNKNOWN_PREFIX = 'a security event behind a beginning that nobody knows is not counted';

import { hostname } from 'node:os';
import type { Readable } from 'node:stream';
import type { ReplayConfig } from '../config/replay-config.js';
import { type ByteSource, withHead } from './byte-source.js';
import type { ReplayDetector } from './detector.js';
import { detectFormat, HEAD_BYTES } from './input-format.js';
import { type FoundInput, faultOf, openInput, UNKNOWN_FORMAT } from './inputs.js';
import type { ProgressBar } from './progress-bar.js';
import { openReader, type ReplayReader } from './readers.js';
import type { ReplayReport } from './report.js';
import type { InputView } from './report-view.js';

export interface ReadingOptions {
  readonly config: ReplayConfig;
  readonly stdin: Readable;
  readonly report: ReplayReport;
  readonly detector: ReplayDetector;
  readonly progress: ProgressBar;
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
    if (format === null && head.length > 0) fault = UNKNOWN_FORMAT;
    const reader = format === null || head.length === 0 ? null : openFor(source, format, head, options);
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

function openFor(
  { modifiedAt }: ByteSource,
  format: NonNullable<FoundInput['format']>,
  head: Buffer,
  { config, report, detector, clock }: ReadingOptions,
): ReplayReader {
  const writtenAt = modifiedAt ?? Number.POSITIVE_INFINITY;
  return openReader(
    {
      format,
      head,
      pbxName: config.pbxName,
      host: hostname(),
      clock: () => Math.min(writtenAt, clock()),
      blockBytesMax: config.ami.messageBytesMax,
    },
    {
      onEvent: (event) => detector.read(event),
      onMalformed: (reason) => report.malformed(reason),
      onIgnored: () => report.ignored(),
    },
  );
}

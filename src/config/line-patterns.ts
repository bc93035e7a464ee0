import { type LinePattern, linePatterns } from '../text/line-pattern.js';
import { type ReadFile, readText } from './text-file.js';

const BYTES_MAX = 65_536;

/** The patterns in the file of LOG_PATTERNS_FILE; none without one. @param faults takes what is wrong with it. */
export function readLinePatterns(
  path: string | null | undefined,
  readFile: ReadFile,
  faults: string[],
): readonly LinePattern[] {
  if (path === null || path === undefined) return [];
  const read = readText(readFile, path, BYTES_MAX);
  if ('fault' in read) {
    faults.push(`LOG_PATTERNS_FILE ${read.fault}`);
    return [];
  }
  const { patterns, faults: wrong } = linePatterns(read.text);
  faults.push(...wrong.map((fault) => `LOG_PATTERNS_FILE, ${fault}`));
  return patterns;
}

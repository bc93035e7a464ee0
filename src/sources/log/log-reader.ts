import type { SecurityEvent } from '../../domain/security-event.js';
import type { MalformedReason } from '../../domain/source.js';

/** Makes security events of the lines of one of Asterisk's logs. */
export interface LogReader {
  /**
   * @param lines one or more whole lines as the file has them, each with its LF.
   * @param isFirst false if they follow what was read last; true at the start and where the file is another.
   */
  read(lines: Buffer, isFirst: boolean): void;
  /**
   * To be called when nothing was written for a second and the file ends with a line's end: hands out what waited for the
   * next line, which could have shown it to be a client's.
   */
  settle(): void;
  /** To be called where a line was left out, or reading begins in mid-file: what comes next may be the rest of a message. */
  skipped(): void;
}

export interface LogReaderOutput {
  /** Called synchronously, in the order of the lines. */
  readonly onEvent: (event: SecurityEvent) => void;
  readonly onMalformed: (reason: MalformedReason) => void;
  /** Called for each line that is no security event and does not try to be one. */
  readonly onIgnored: () => void;
  /** Called for a line that says it is a security event's, behind a prefix that nobody knows; @param line its beginning, hostile text. */
  readonly onUnknownPrefix?: (line: string) => void;
}

import type { SecurityEvent } from '../../domain/security-event.js';
import type { MalformedReason } from '../../domain/source.js';
import { CUT_MESSAGE_BYTES_MIN, FORGEABLE_BYTES, MESSAGE_BYTES_MAX } from './line-feeds.js';
import { isStartLine } from './line-prefix.js';
import type { LogReader, LogReaderOutput } from './log-reader.js';
import { SecurityLine } from './security-line.js';

/** A line that reads as an event, of which it is not yet known that the client did not write its end. */
interface Pending {
  readonly event: SecurityEvent;
  readonly accountAt: number;
  readonly forgeableBytes: number;
  readonly isTrusted: boolean;
}

/**
 * Reads Asterisk's security log, and nothing that a client wrote into it.
 *
 * A client can write line feeds into an account, and so whole lines of its own after them. What the text of one
 * message can reach ends somewhere: `forgeableBytesOf` its service after the beginning of the account. From that follows
 *
 * - whether a line's end is Asterisk's: if it is farther away than that, or if the next line begins as a security
 *   event's and its own words reach farther. A line for which that is not known yet waits for the next one;
 * - how far a line that is broken off makes what follows doubtful: a line that begins there is not handed out.
 *
 * A line of another level can hold anything, so that after one `MESSAGE_BYTES_MAX` are doubtful: give this reader a file of
 * security lines alone. One that begins while lines are doubtful may be a client's: it counts only in a file that had
 * others, or any client could silence the reader.
 */
export class SecurityLog implements LogReader {
  readonly #output: LogReaderOutput;
  readonly #line: SecurityLine;
  #text = '';
  #pending: Pending | null = null;
  /** A line that begins before this may be a client's. As the places of #pending: from the beginning of what is read now. */
  #doubtfulUntil = 0;
  /** Whether the file has lines of other levels. */
  #isMixed = false;

  constructor({ pbx }: { readonly pbx: string }, output: LogReaderOutput) {
    this.#line = new SecurityLine(pbx);
    this.#output = output;
  }

  read(lines: Buffer, isFirst: boolean): void {
    if (isFirst) this.#startOver();
    const text = this.#line.open(lines);
    this.#text = text;
    let start = 0;
    for (let lf = text.indexOf('\n'); lf >= 0; lf = text.indexOf('\n', start)) {
      // Of a file with CRLF line ends; in any other, a CR here is before a client's line feed.
      const hasCr = text[lf - 1] === '\r' && lf > start;
      this.#readLine(start, hasCr ? lf - 1 : lf);
      start = lf + 1;
    }
    this.#text = '';
    this.#doubtfulUntil -= lines.length;
    if (this.#pending !== null) {
      this.#pending = { ...this.#pending, accountAt: this.#pending.accountAt - lines.length };
    }
  }

  /** Asterisk writes a message in one go, so that its rest would be there; but the rest of one that was cut has no line end. */
  settle(): void {
    if (this.#pending !== null) this.#settle(this.#pending, true);
  }

  skipped(): void {
    if (this.#pending !== null) this.#settle(this.#pending, false);
    this.#doubtUntil(MESSAGE_BYTES_MAX);
  }

  #startOver(): void {
    if (this.#pending !== null) this.#settle(this.#pending, false);
    this.#doubtfulUntil = 0;
    this.#isMixed = false;
  }

  #readLine(start: number, end: number): void {
    const verdict = this.#line.read(start, end);
    const { accountAt, headEnd, forgeableBytes } = this.#line;
    const pending = this.#pending;
    if (pending !== null) {
      this.#settle(pending, headEnd > 0 && headEnd - pending.accountAt > pending.forgeableBytes);
    }
    const isTrusted = start >= this.#doubtfulUntil;
    // The message that begins in the line may be the one that is broken off at its end.
    if (this.#line.isJoined) this.#doubtUntil(end + FORGEABLE_BYTES);
    if (verdict === 'foreign') {
      this.#readForeign(start, end, isTrusted);
    } else if (this.#isMixed && end - start >= CUT_MESSAGE_BYTES_MIN) {
      // If it was cut, what is read as its end is that of a message of any level.
      this.#output.onMalformed('truncated');
      this.#doubtUntil(end + MESSAGE_BYTES_MAX);
    } else if (typeof verdict === 'string') {
      this.#readMalformed(verdict, end, isTrusted);
    } else if (end + 1 - accountAt > forgeableBytes) {
      this.#emit(verdict, isTrusted);
    } else {
      this.#pending = { event: verdict, accountAt, forgeableBytes, isTrusted };
    }
  }

  #readForeign(start: number, end: number, isTrusted: boolean): void {
    this.#output.onIgnored();
    if (isTrusted && isStartLine(this.#text.slice(start, end))) return;
    if (isTrusted) this.#isMixed = true;
    if (this.#isMixed) this.#doubtUntil(start + MESSAGE_BYTES_MAX);
  }

  #readMalformed(reason: MalformedReason, end: number, isTrusted: boolean): void {
    const { accountAt, headEnd, forgeableBytes } = this.#line;
    this.#output.onMalformed(reason);
    if (headEnd === 0) {
      // Where its account is cannot be said.
      if (isTrusted || this.#isMixed) this.#doubtUntil(end + MESSAGE_BYTES_MAX);
    } else if (reason === 'truncated' && forgeableBytes === 0) {
      // AMI over HTTP: any text.
      this.#doubtUntil(end + MESSAGE_BYTES_MAX);
    } else if (end + 1 - accountAt <= forgeableBytes) {
      this.#doubtUntil(accountAt + forgeableBytes);
    }
  }

  #settle({ event, accountAt, forgeableBytes, isTrusted }: Pending, isWhole: boolean): void {
    this.#pending = null;
    if (isWhole) {
      this.#emit(event, isTrusted);
    } else {
      this.#output.onMalformed(isTrusted ? 'truncated' : 'injected');
      this.#doubtUntil(accountAt + forgeableBytes);
    }
  }

  #emit(event: SecurityEvent, isTrusted: boolean): void {
    if (isTrusted) this.#output.onEvent(event);
    else this.#output.onMalformed('injected');
  }

  #doubtUntil(at: number): void {
    this.#doubtfulUntil = Math.max(this.#doubtfulUntil, at);
  }
}

import type { SecurityEvent } from '../../domain/security-event.js';
import type { MalformedReason } from '../../domain/source.js';
import { Carrier } from './carrier.js';
import { hostileTextOf } from './hostile-text.js';
import { CUT_MESSAGE_BYTES_MIN, FORGEABLE_BYTES, MESSAGE_BYTES_MAX } from './line-feeds.js';
import { isConsoleLine, isOtherLevel, isStartLine } from './line-prefix.js';
import type { LogReader, LogReaderOutput } from './log-reader.js';
import { SecurityLine } from './security-line.js';

/** A line that reads as an event, of which it is not yet known that the client did not write its end. */
interface Pending {
  readonly event: SecurityEvent;
  /** Where its line begins and ends. */
  readonly start: number;
  readonly end: number;
  readonly accountAt: number;
  readonly forgeableBytes: number;
  readonly isTrusted: boolean;
}

/** An event behind a message of another level, which counts when that message turned out to be whole. */
interface Held {
  readonly event: SecurityEvent;
  /** How far that message can reach. As the places of #pending. */
  readonly until: number;
}

/** What is left of an event's end at least, whatever a client wrote before it. */
const EVENT_END = 'oteAddress="';
/** No line of Asterisk's about a security event is shorter, and no name that a client can write line feeds into is longer. */
const LINE_BYTES_MIN = 256;
/** How much of a line that is not understood is shown. */
const SHOWN_LETTERS_MAX = 120;

/**
 * Reads Asterisk's security log, and nothing that a client wrote into it.
 *
 * A client can write line feeds into an account, and so whole lines of its own after them. What the text of one
 * message can reach ends somewhere: `forgeableBytesOf` its service after the beginning of the account. From that follows
 *
 * - whether a line's end is Asterisk's: if it is farther away than that, if the next line begins as a security event's
 *   and its own words reach farther, or if a line begins farther away and none before it can be the true end. A line for
 *   which that is not known yet waits;
 * - how far a line that is broken off makes what follows doubtful: a line that begins there is not handed out.
 *
 * A line of another level proves nothing about its neighbours. It can hold a client's text too, and so
 * what follows is held back until that message has ended: a line without a prefix within its reach shows that it was
 * broken off, and then nothing in its reach counts.
 *
 * A line of another level that begins while lines are doubtful may be a client's: it counts only in a file that had
 * others, or any client could silence the reader.
 */
export class SecurityLog implements LogReader {
  readonly #output: LogReaderOutput;
  readonly #line: SecurityLine;
  readonly #carrier: Carrier;
  #text = '';
  #pending: Pending | null = null;
  /** A line that begins before this may be a client's. As the places of #pending: from the beginning of what is read now. */
  #doubtfulUntil = 0;
  /** Whether the file has lines of other levels. */
  #isMixed = false;
  /** How far the last messages of other levels can reach. */
  #otherUntil = 0;
  /** How far they can reach with a client's text of any length, and whose address alone counts there; null for nobody's. */
  #hostileUntil = 0;
  #hostileAddress: string | null = null;
  /** In the order of their lines, a few dozen at most: what one message can reach. */
  #held: readonly Held[] = [];

  constructor({ pbx }: { readonly pbx: string }, output: LogReaderOutput) {
    this.#line = new SecurityLine(pbx);
    this.#output = output;
    this.#carrier = new Carrier({ onLeftOut: output.onIgnored });
  }

  read(raw: Buffer, isFirst: boolean): void {
    if (isFirst) this.#startOver();
    const lines = this.#carrier.open(raw, isFirst);
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
    this.#moveBack(lines.length);
  }

  /** Asterisk writes a message in one go, so that its rest would be there; but the rest of one that was cut has no line end. */
  settle(): void {
    if (this.#pending !== null) this.#settle(this.#pending, true);
    this.#release(Number.POSITIVE_INFINITY);
  }

  skipped(): void {
    if (this.#pending !== null) this.#settle(this.#pending, false);
    this.#discardHeld();
    this.#doubtUntil(MESSAGE_BYTES_MAX);
  }

  #startOver(): void {
    if (this.#pending !== null) this.#settle(this.#pending, false);
    this.#discardHeld();
    this.#doubtfulUntil = 0;
    this.#otherUntil = 0;
    this.#hostileUntil = 0;
    this.#isMixed = false;
  }

  /** Places are counted from the beginning of what is read next. */
  #moveBack(bytes: number): void {
    this.#doubtfulUntil -= bytes;
    this.#otherUntil -= bytes;
    this.#hostileUntil -= bytes;
    if (this.#pending !== null) this.#pending = movedBack(this.#pending, bytes);
    if (this.#held.length > 0) this.#held = this.#held.map((held) => ({ ...held, until: held.until - bytes }));
  }

  #readLine(start: number, end: number): void {
    const verdict = this.#line.read(start, end);
    const { accountAt, headEnd, forgeableBytes } = this.#line;
    const pending = this.#pending;
    if (pending !== null) this.#judge(pending, start, end, headEnd);
    if (this.#held.length > 0) this.#release(start);
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
      this.#emit({ event: verdict, start, end, isTrusted });
    } else {
      this.#pending = { event: verdict, start, end, accountAt, forgeableBytes, isTrusted };
    }
  }

  /** Decides on a line that waits, if this one says whether its end was Asterisk's. */
  #judge(pending: Pending, start: number, end: number, headEnd: number): void {
    const reach = pending.accountAt + pending.forgeableBytes;
    if (headEnd > 0) this.#settle(pending, headEnd > reach);
    else if (start > reach) this.#settle(pending, true);
    else if (this.#text.slice(start, end).includes(EVENT_END)) this.#settle(pending, false);
  }

  #readForeign(start: number, end: number, isTrusted: boolean): void {
    const line = this.#text.slice(start, end);
    const isOther = isOtherLevel(line);
    if (this.#line.isJoined && !isOther) {
      this.#output.onMalformed('prefix');
      this.#output.onUnknownPrefix?.(Buffer.from(line.slice(0, SHOWN_LETTERS_MAX), 'latin1').toString());
      return;
    }
    this.#output.onIgnored();
    if (isTrusted && isStartLine(line)) return;
    if (isOther || isConsoleLine(line)) this.#readOther(line, start, isTrusted);
    else this.#readStray(start, isTrusted);
  }

  #readOther(line: string, start: number, isTrusted: boolean): void {
    if (isTrusted) this.#isMixed = true;
    if (!this.#isMixed) return;
    const { bytes, address } = hostileTextOf(line);
    this.#otherUntil = Math.max(this.#otherUntil, start + MESSAGE_BYTES_MAX);
    if (bytes === 0) return;
    this.#hostileAddress = this.#hostileUntil > start && this.#hostileAddress !== address ? null : address;
    this.#hostileUntil = Math.max(this.#hostileUntil, start + bytes);
  }

  /** A line without a prefix: the rest of a message that was broken off, or nobody knows what. */
  #readStray(start: number, isTrusted: boolean): void {
    const isRest = start < this.#otherUntil;
    if (isRest) {
      this.#discardHeld();
      this.#doubtUntil(this.#otherUntil);
    }
    if (isTrusted && !isRest) this.#isMixed = true;
    if (this.#isMixed && !isRest) this.#doubtUntil(start + MESSAGE_BYTES_MAX);
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

  #settle(pending: Pending, isWhole: boolean): void {
    this.#pending = null;
    if (isWhole) {
      this.#emit(pending);
    } else {
      this.#output.onMalformed(pending.isTrusted ? 'truncated' : 'injected');
      this.#doubtUntil(pending.accountAt + pending.forgeableBytes);
    }
  }

  #emit(line: Omit<Pending, 'accountAt' | 'forgeableBytes'>): void {
    if (!line.isTrusted || this.#isAnothers(line)) this.#output.onMalformed('injected');
    else if (line.start < this.#otherUntil)
      this.#held = [...this.#held, { event: line.event, until: this.#otherUntil }];
    else this.#output.onEvent(line.event);
  }

  /** Whether the line can be in the text of a client that is not the one it names: nobody forges a line to their own harm. */
  #isAnothers({ event, start, end }: Pick<Pending, 'event' | 'start' | 'end'>): boolean {
    if (start < this.#otherUntil && end - start < LINE_BYTES_MIN) return true;
    if (start >= this.#hostileUntil) return false;
    return event.remote.address !== this.#hostileAddress || event.event === 'SuccessfulAuth';
  }

  #release(start: number): void {
    while (this.#held[0] !== undefined && this.#held[0].until <= start) {
      this.#output.onEvent(this.#held[0].event);
      this.#held = this.#held.slice(1);
    }
  }

  #discardHeld(): void {
    for (const _ of this.#held) this.#output.onMalformed('injected');
    this.#held = [];
  }

  #doubtUntil(at: number): void {
    this.#doubtfulUntil = Math.max(this.#doubtfulUntil, at);
  }
}

function movedBack(pending: Pending, bytes: number): Pending {
  const { start, end, accountAt } = pending;
  return { ...pending, start: start - bytes, end: end - bytes, accountAt: accountAt - bytes };
}

import type { SecurityEvent } from '../../domain/security-event.js';
import type { LinePattern } from '../../text/line-pattern.js';
import { Carrier } from './carrier.js';
import { hasLogPrefix, type LogPrefix, readLogPrefix } from './log-prefix.js';
import type { LogReader, LogReaderOutput } from './log-reader.js';
import { parseLogTime } from './log-time.js';
import { LoginPairs } from './login-pairs.js';
import { MANAGER_FAILED } from './manager-wordings.js';
import { readOwn } from './own-wordings.js';
import { readPacketDump } from './packet-dump.js';
import { Spill, spilledBytes } from './spill.js';
import { type Reading, readMessage, type Wording } from './wording.js';
import { wordingsOf } from './wordings.js';

export interface MessagesLogOptions {
  /** What events call the PBX. */
  readonly pbx: string;
  /** Milliseconds since the Unix epoch: for the year, which most logs leave out. */
  readonly clock: () => number;
  /** The lines of one's own, which are looked for where no line of Asterisk's is. */
  readonly patterns?: readonly LinePattern[];
}

/** Longer lines are not read. No message of ours is: PJSIP and IAX2 cut their texts, and a SIP packet has 64 KB at most. */
const LINE_BYTES_MAX = 65_536;

/** A word of each wording's beginning, so that a line without any is passed over quickly. */
const WORTH_READING =
  /Registration |Registered (?:SIP|IAX2) |Request |Call |Rejected |failed |tried to |No registration|not dynamic|Host |Empty registration|ACL test|configured|AOR |Ext\. |hacking |<--- /;

/** Where a line of any program's has its time. */
const TIME_LETTERS_MAX = 40;

const CURLY_QUOTE = /[\u2018\u2019\u201a\u201b\u2032]/;

/**
 * Reads the failures that Asterisk 1.4 to 22 writes into its log `messages` (or `full`), and chan_sip's registrations, as
 * the events that it raises beside them. docs/sources-messages-log.md has the table. The lines of res_security_log.c are
 * another reader's: they say the same again.
 */
export class MessagesLog implements LogReader {
  readonly #pbx: string;
  readonly #clock: () => number;
  readonly #output: LogReaderOutput;
  readonly #patterns: readonly LinePattern[];
  readonly #pairs = new LoginPairs();
  readonly #spill = new Spill();
  readonly #carrier: Carrier;

  /** What is read now, one letter for each byte. */
  #text = '';
  /** Where the line after the one that is read begins. */
  #next = 0;
  /** Where the lines without a prefix begin; null until somebody asks. */
  #strays: readonly number[] | null = null;

  constructor({ pbx, clock, patterns = [] }: MessagesLogOptions, output: LogReaderOutput) {
    this.#pbx = pbx;
    this.#clock = clock;
    this.#patterns = patterns;
    this.#output = output;
    this.#carrier = new Carrier({ onLeftOut: output.onIgnored });
  }

  read(raw: Buffer, isFirst: boolean): void {
    if (isFirst) {
      this.#pairs.clear();
      this.#spill.clear();
    }
    const lines = this.#carrier.open(raw, isFirst);
    this.#text = lines.toString('latin1');
    this.#strays = null;
    for (let start = 0; start < lines.length; start = this.#next) {
      const lf = this.#text.indexOf('\n', start);
      this.#next = lf < 0 ? lines.length : lf + 1;
      this.#readLine(lines, start, lf < 0 ? lines.length : lf);
    }
    this.#text = '';
  }

  /** No line waits for another. */
  settle(): void {}

  skipped(): void {
    this.#spill.open(LINE_BYTES_MAX, null);
  }

  #readLine(lines: Buffer, start: number, end: number): void {
    const isCovered = this.#spill.covers(this.#next - start);
    if (this.#patterns.length === 0 && !WORTH_READING.test(this.#text.slice(start, end))) {
      this.#output.onIgnored();
    } else if (end - start > LINE_BYTES_MAX) {
      this.#output.onMalformed('oversize');
    } else {
      this.#readText(lines.toString('utf8', start, end), this.#carrier.before(start), isCovered);
    }
  }

  #readText(line: string, carried: string, isCovered: boolean): void {
    const isDump = this.#readDump(line);
    const prefix = isDump ? null : readLogPrefix(line, this.#clock, carried);
    const wordings = prefix === null ? undefined : wordingsOf(prefix);
    const reading = prefix === null || wordings === undefined ? null : readPasted(wordings, prefix.message);
    if (reading !== null && prefix !== null) this.#take(prefix, reading, isCovered);
    else if (isDump || this.#patterns.length === 0) this.#output.onIgnored();
    else this.#takeOwn(prefix ?? bareLine(line, carried, this.#clock()), isCovered);
  }

  #takeOwn(prefix: LogPrefix, isCovered: boolean): void {
    this.#take(prefix, prefix.level === 'DEBUG' ? null : readOwn(this.#patterns, prefix), isCovered);
  }

  #readDump(line: string): boolean {
    const at = line.indexOf('<--- ');
    const dump = at < 0 ? null : readPacketDump(line.slice(at).trim());
    if (dump === null) return false;
    this.#spill.open(dump.bytes, dump.sender?.endpoint.address ?? null);
    return true;
  }

  #take(prefix: LogPrefix, reading: Reading | null, isCovered: boolean): void {
    switch (reading?.kind) {
      case undefined:
      case 'ignored':
        this.#output.onIgnored();
        break;
      case 'malformed':
        this.#output.onMalformed(reading.reason);
        break;
      case 'broken':
        this.#spill.open(reading.wording.spillBytesMax, reading.remote?.endpoint.address ?? null);
        this.#output.onMalformed('value');
        break;
      case 'event':
        this.#takeEvent(prefix, reading, isCovered);
        break;
      /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each kind.
      default:
        reading satisfies never;
    }
  }

  #takeEvent(prefix: LogPrefix, reading: Reading & { kind: 'event' }, isCovered: boolean): void {
    const { wording, remote } = reading;
    const { address } = remote.endpoint;
    const isInjected = isCovered && !this.#spill.allows(address);
    // Whoever has written a login has an interest in their own address.
    const isDoubtful = reading.meaning.said.event === 'SuccessfulAuth' && (isCovered || this.#isBrokenOff());
    const spilled = wording.isOpen ? this.#spilledBytes(wording) : 0;
    this.#spill.open(spilled, wording.place === null ? address : null);
    if (isInjected || isDoubtful || (spilled > 0 && wording.place !== null)) this.#output.onMalformed('injected');
    else if (this.#isSecondOfPair(prefix, reading)) this.#output.onIgnored();
    else this.#output.onEvent(this.#eventOf(prefix, reading));
  }

  /**
   * Whether the next line is the rest of a message. A line feed in the extension of a call, which has 80 bytes, leaves room
   * for a login but not for the beginning of one more line.
   */
  #isBrokenOff(): boolean {
    const lf = this.#text.indexOf('\n', this.#next);
    return lf >= 0 && !hasLogPrefix(this.#text.slice(this.#next, lf));
  }

  #spilledBytes(wording: Wording): number {
    this.#strays ??= straysOf(this.#text);
    return spilledBytes(this.#text, this.#strays, this.#next, wording);
  }

  #eventOf({ at, callId }: LogPrefix, { wording, remote, meaning }: Reading & { kind: 'event' }): SecurityEvent {
    const { said, account } = meaning;
    const { family, transport, address, endpoint } = remote.endpoint;
    const event = {
      event: said.event,
      pbx: this.#pbx,
      at,
      service: wording.service,
      account,
      sessionId: meaning.sessionId ?? callId,
      remote: { family, transport, address, port: remote.port, endpoint },
      // No message names it.
      local: null,
    };
    // Assigned and not spread, which costs three times as much.
    return Object.assign(event, said);
  }

  #isSecondOfPair({ thread, at }: LogPrefix, { wording, remote, meaning }: Reading & { kind: 'event' }): boolean {
    if (wording.service !== 'AMI') return false;
    const key = `${thread} ${remote.endpoint.address} ${meaning.account}`;
    if (wording === MANAGER_FAILED) return this.#pairs.close(key, at);
    this.#pairs.open(key, at);
    return false;
  }
}

/** Of a program that is not Asterisk's logger. */
function bareLine(line: string, carried: string, now: number): LogPrefix {
  const at = parseLogTime(carried === '' ? line.slice(0, TIME_LETTERS_MAX) : carried, now) ?? now;
  return { at, level: '', thread: '', callId: '', file: '', message: line.trim() };
}

function straysOf(text: string): number[] {
  const strays: number[] = [];
  for (let start = 0, next = 0; start < text.length; start = next) {
    const lf = text.indexOf('\n', start);
    next = lf < 0 ? text.length : lf + 1;
    if (!hasLogPrefix(text.slice(start, next))) strays.push(start);
  }
  return strays;
}

/**
 * Reads a message, also one that was pasted into a page which made its quotes typographic. One plain quote shows that the
 * others are a client's.
 */
function readPasted(wordings: readonly Wording[], message: string): Reading | null {
  const isPasted = !message.includes("'") && CURLY_QUOTE.test(message);
  return readMessage(wordings, isPasted ? plainQuotes(message) : message);
}

function plainQuotes(text: string): string {
  return text.replace(/[\u2018\u2019\u201a\u201b\u2032]/g, "'").replace(/[\u201c\u201d\u2033]/g, '"');
}

import { isAscii } from 'node:buffer';
import type { Address, RemoteAddress } from '../../domain/remote-address.js';
import type { SecurityEvent } from '../../domain/security-event.js';
import type { MalformedReason } from '../../domain/source.js';
import { detached } from '../../text/detached.js';
import { type HashKey, hashOfBytes, PROCESS_KEY } from '../../text/keyed-hash.js';
import { digits } from '../digits.js';
import { EndpointCache } from '../endpoint-cache.js';
import { EVENT_TIME_LENGTH, parseEventTime } from '../event-time.js';
import { localAddress } from '../local-address.js';
import { Pattern } from '../pattern.js';
import { EVENT_LINES, type EventLines, NAME_SLOTS, slotOf } from './event-lines.js';
import { RegisteredPeers } from './registered-peers.js';

export interface EventReaderOutput {
  readonly onEvent: (event: SecurityEvent) => void;
  readonly onMalformed: (reason: MalformedReason) => void;
  /** A whole block, without its end, that is a response or an event of the class `system`. */
  readonly onMessage: (block: string) => void;
}

export interface EventReaderOptions {
  /** What events call the PBX; null for Asterisk's systemname. */
  readonly pbx: string | null;
  /** What events call it where it has no systemname either. */
  readonly pbxDefault: string;
  /** The longest block that is read, in bytes without its end. */
  readonly blockBytesMax: number;
  /** Of the hash that tells guesses apart; by default this process's own. */
  readonly guessKey?: HashKey;
}

/**
 * All lines of an event in front of its account, without the milliseconds of its EventTV. They are Asterisk's own words
 * and the same for all events of a kind within a second, so that in a flood they are compared and not read again.
 */
interface Header {
  /** From `Event: ` to the point in EventTV. */
  readonly beforeMs: Pattern;
  /** From the offset in EventTV to `AccountID: ` (of a type without it: to the end of EventVersion). */
  readonly afterMs: Pattern;
  readonly type: EventLines;
  readonly pbx: string;
  readonly service: string;
  readonly secondMs: number;
}

const EVENT_KEY = 'Event: ';
const LINE_END = '\r\n';
const BLOCK_END = '\r\n\r\n';
const CR = 0x0d;
const LF = 0x0a;

const SERVICE = /^[A-Za-z0-9_-]{1,32}$/;
const EVENT_VERSION = /^\d{1,4}$/;
const SEVERITY = /^(Informational|Error)$/;
const MS_LENGTH = 3;
const OFFSET_LENGTH = 5;

const AMI = 'AMI';
const CHAN_SIP = 'SIP';
/**
 * How much a client can write into AMI that is not cut: over HTTP (`webenabled = yes` in manager.conf) a user name of 3.9 KB
 * with line ends in it, which has room for whole events; over SIP a name has room for none.
 */
const FORGED_BYTES_MAX = 8_192;
/** As above, over SIP, behind the end of a block that a client wrote: chan_sip reads a To header of 255 bytes. */
const FORGED_SIP_BYTES_MAX = 255;

const SESSION_ID = new Pattern('SessionID: ');

/** What follows the SequenceNumber that `manager set debug on` adds, all four or none (Asterisk's main/manager.c). */
const DEBUG_KEYS = ['File: ', 'Line: ', 'Func: '] as const;

/**
 * Reads AMI's security events, and nothing that only looks like one.
 *
 * Asterisk escapes nothing: a SIP client can write line ends into its user name, and so keys, ends of blocks and whole
 * blocks of its own into AMI, without being authenticated. But it cannot take away the lines that Asterisk writes
 * around its text. So a block counts only if its lines are exactly those that Asterisk writes, each once and in
 * Asterisk's order; a forged line makes its block malformed, and what a forged block end leaves over is malformed too.
 * Over HTTP a client has room for whole blocks: behind a malformed one of the AMI's own, none counts for so many bytes.
 *
 * It is called with whole blocks and goes through each from the first line to the last. The strings that it hands out
 * are cut from the text that it was given.
 */
export class EventReader {
  readonly #output: EventReaderOutput;
  readonly #blockBytesMax: number;
  readonly #pbx: string | null;
  readonly #pbxDefault: string;
  readonly #guessKey: HashKey;
  readonly #endpoints = new EndpointCache();
  /** The last header of each type of event, by `slotOf` its name. */
  readonly #headers: (Header | undefined)[] = new Array(NAME_SLOTS).fill(undefined);
  /** The last event's lines from LocalAddress to `RemoteAddress: `: most events come in on the same socket. Null before the first. */
  #link: Pattern | null = null;
  /** The address in them. */
  #local: Address | null = null;
  readonly #registered = new RegisteredPeers();

  /** A block that begins before this may be text of a client's. From the beginning of what is read now. */
  #trustedFrom = 0;
  /** The same for a registration, which takes fewer bytes to forge. */
  #registeredFrom = 0;
  /** How many bytes were read before. */
  #readBytes = 0;

  /** What is read now, as bytes and as text of one letter for each byte. */
  #view: DataView = new DataView(new ArrayBuffer(0));
  #text = '';
  #isAscii = true;
  /** Where the next line begins. */
  #at = 0;
  /** Where the value of the line that was read last begins and ends. */
  #from = 0;
  #to = 0;

  constructor(options: EventReaderOptions, output: EventReaderOutput) {
    this.#pbx = options.pbx;
    this.#pbxDefault = options.pbxDefault;
    this.#blockBytesMax = options.blockBytesMax;
    this.#guessKey = options.guessKey ?? PROCESS_KEY;
    this.#output = output;
  }

  /** @param blocks one or more whole blocks with their ends, as BlockFramer gives them. */
  read(blocks: Buffer): void {
    this.#view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
    this.#text = blocks.toString('latin1');
    this.#isAscii = isAscii(blocks);
    let start = 0;
    while (start < blocks.length) {
      this.#at = start;
      // An empty line between blocks says nothing; it must not make the block after it malformed.
      if (this.#isLineEnd()) {
        start += LINE_END.length;
        continue;
      }
      const reason = this.#readBlock(start);
      if (reason === null) {
        start = this.#at;
      } else {
        start = this.#text.indexOf(BLOCK_END, start) + BLOCK_END.length;
        this.#registered.clear();
        if (reason !== 'ignored') this.#refuse(reason, start);
      }
    }
    this.#text = '';
    this.#trustedFrom = Math.max(0, this.#trustedFrom - blocks.length);
    this.#registeredFrom = Math.max(0, this.#registeredFrom - blocks.length);
    this.#readBytes += blocks.length;
  }

  #refuse(reason: MalformedReason, end: number): void {
    this.#registeredFrom = end + FORGED_SIP_BYTES_MAX;
    this.#output.onMalformed(reason);
  }

  /** @returns null with #at behind the block if it was handed out, otherwise why not. */
  #readBlock(start: number): MalformedReason | 'ignored' | null {
    const slot = slotOf(this.#text, start + EVENT_KEY.length);
    const known = this.#headers[slot];
    if (known?.beforeMs.isAt(this.#view, start)) {
      const msAt = start + known.beforeMs.length;
      const ms = digits(this.#text, msAt, MS_LENGTH);
      if (ms >= 0 && known.afterMs.isAt(this.#view, msAt + MS_LENGTH)) {
        this.#at = msAt + MS_LENGTH + known.afterMs.length;
        return this.#readBody(known, known.secondMs + ms, start);
      }
    }
    if (!this.#line(EVENT_KEY)) {
      return this.#text.startsWith('Response: ', start) ? this.#readMessage(start) : 'no_event';
    }
    const type = EVENT_LINES.get(this.#value());
    if (!this.#literal('Privilege: security,all\r\n')) {
      if (type !== undefined || !this.#line('Privilege: ')) return 'privilege';
      return this.#value() === 'system,all' ? this.#readMessage(start) : 'ignored';
    }
    return type === undefined ? 'unknown_event' : this.#readHeader(type, start, slot);
  }

  #readMessage(start: number): MalformedReason | null {
    const end = this.#text.indexOf(BLOCK_END, start);
    if (end - start > this.#blockBytesMax) return 'oversize';
    this.#at = end + BLOCK_END.length;
    const block = this.#decoded(this.#text.slice(start, end));
    if (start >= this.#registeredFrom && start >= this.#trustedFrom) {
      this.#registered.read(block, this.#readBytes + start);
    }
    this.#output.onMessage(block);
    return null;
  }

  /** Reads the lines from behind Privilege up to the account, one by one, and then the rest. */
  #readHeader(type: EventLines, start: number, slot: number): MalformedReason | null {
    const isStamped = this.#line('Timestamp: ');
    const isNumbered = this.#line('SequenceNumber: ');
    if (isNumbered && !DEBUG_KEYS.every((key) => this.#line(key))) return 'key_order';
    const systemName = this.#line('SystemName: ') ? this.#value() : null;
    if (!this.#line('EventTV: ')) return 'key_order';
    const at = parseEventTime(this.#value());
    if (at === null) return 'event_tv';
    const msAt = this.#from + EVENT_TIME_LENGTH - OFFSET_LENGTH - MS_LENGTH;
    if (!this.#line('Severity: ')) return 'key_order';
    if (!SEVERITY.test(this.#value())) return 'value';
    if (!this.#line('Service: ')) return 'key_order';
    const service = this.#value();
    if (!SERVICE.test(service)) return 'value';
    if (!this.#line('EventVersion: ')) return 'key_order';
    if (!EVENT_VERSION.test(this.#value())) return 'value';
    if (type.hasAccount && !this.#literal('AccountID: ')) return 'key_order';
    const header = {
      beforeMs: new Pattern(this.#text.slice(start, msAt)),
      afterMs: new Pattern(this.#text.slice(msAt + MS_LENGTH, this.#at)),
      type,
      pbx: detached(this.#pbx ?? systemName ?? this.#pbxDefault),
      service: detached(service),
      secondMs: Math.floor(at / 1000) * 1000,
    };
    // A header that is never the same again is not worth a place.
    if (!isStamped && !isNumbered) this.#headers[slot] = header;
    return this.#readBody(header, at, start);
  }

  /** Reads the rest of an event, from the account's text on, and hands the event out. */
  #readBody(header: Header, at: number, start: number): MalformedReason | null {
    const reason = this.#readRest(header, at, start);
    if (reason !== null && reason !== 'injected' && header.service === AMI)
      this.#trustedFrom = start + FORGED_BYTES_MAX;
    return reason;
  }

  #readRest({ type, pbx, service }: Header, at: number, start: number): MalformedReason | null {
    let account: string | null = null;
    if (type.hasAccount) {
      this.#readValue();
      account = this.#value();
    }
    if (!this.#keyLine(SESSION_ID)) return 'key_order';
    const sessionId = this.#value();
    const fault = this.#link !== null && this.#pattern(this.#link) ? null : this.#readLink();
    if (fault !== null) return fault;
    this.#readValue();
    const remote = this.#address();
    if (remote === null) return 'address';

    let detail: string | null = null;
    let guess: number | null = null;
    for (const line of type.tail) {
      if (this.#isLineEnd()) break;
      if (!this.#keyLine(line.pattern)) continue;
      if (line.isDetail) detail = this.#value();
      else if (line.isGuess) guess = this.#guess();
      else if (line.isAccount) account = this.#value();
    }
    if (!this.#isLineEnd()) return 'key_order';
    if (this.#at - LINE_END.length - start > this.#blockBytesMax) return 'oversize';
    if (start < this.#trustedFrom) return 'injected';
    this.#at += LINE_END.length;
    const common = { event: type.name, pbx, at, service, account, sessionId, remote, local: this.#local };
    // Assigned and not spread: a copy of these eight halves the speed of all reading.
    const event = type.guessKey === null ? common : Object.assign(common, { guess });
    if (type.detailOf !== null) Object.assign(event, type.detailOf(detail));
    if (type.name === 'SuccessfulAuth' && service === CHAN_SIP) {
      const isRegistration = this.#registered.take(account, remote.address, this.#readBytes + start);
      Object.assign(event, { isRegistration });
    }
    this.#output.onEvent(event as SecurityEvent);
    return null;
  }

  /** What is left of a secret: the value itself is not even cut out of the text. */
  #guess(): number | null {
    return this.#from === this.#to ? null : hashOfBytes(this.#view, this.#from, this.#to, this.#guessKey);
  }

  /** Reads from LocalAddress to the text of RemoteAddress. */
  #readLink(): MalformedReason | null {
    const start = this.#at;
    if (!this.#line('LocalAddress: ')) return 'key_order';
    const local = this.#address();
    if (local === null) return 'address';
    if (!this.#literal('RemoteAddress: ')) return 'key_order';
    this.#link = new Pattern(this.#text.slice(start, this.#at));
    this.#local = localAddress(local);
    return null;
  }

  /** Reads `IPV4/UDP/203.0.113.9/5060` from the last value. */
  #address(): RemoteAddress | null {
    return this.#endpoints.readAddress(this.#view, this.#text, this.#from, this.#to);
  }

  /** Moves over the line that begins with `key` and remembers its value; false, and no move, where the line is another. */
  #line(key: string): boolean {
    if (!this.#literal(key)) return false;
    this.#readValue();
    return true;
  }

  #keyLine(key: Pattern): boolean {
    if (!this.#pattern(key)) return false;
    this.#readValue();
    return true;
  }

  #literal(literal: string): boolean {
    if (!this.#text.startsWith(literal, this.#at)) return false;
    this.#at += literal.length;
    return true;
  }

  /** As #literal, for where every nanosecond counts. */
  #pattern(pattern: Pattern): boolean {
    if (!pattern.isAt(this.#view, this.#at)) return false;
    this.#at += pattern.length;
    return true;
  }

  /** Remembers the text from here to the end of the line as the value, and moves to the next line. */
  #readValue(): void {
    const text = this.#text;
    this.#from = this.#at;
    // The end of the block is the end of a line too, so that there always is one.
    let end = text.indexOf('\r', this.#at);
    while (text.charCodeAt(end + 1) !== LF) end = text.indexOf('\r', end + 1);
    this.#to = end;
    this.#at = end + LINE_END.length;
  }

  #value(): string {
    return this.#decoded(this.#text.slice(this.#from, this.#to));
  }

  /** Asterisk passes on valid UTF-8 only; anything else shows as U+FFFD. */
  #decoded(text: string): string {
    return this.#isAscii ? text : Buffer.from(text, 'latin1').toString();
  }

  #isLineEnd(): boolean {
    return this.#text.charCodeAt(this.#at) === CR && this.#text.charCodeAt(this.#at + 1) === LF;
  }
}

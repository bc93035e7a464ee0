import { isAscii } from 'node:buffer';
import type { Address, RemoteAddress } from '../../domain/remote-address.js';
import type { SecurityEvent } from '../../domain/security-event.js';
import type { MalformedReason } from '../../domain/source.js';
import { detached } from '../../text/detached.js';
import { hashOfBytes, PROCESS_KEY } from '../../text/keyed-hash.js';
import { EndpointCache } from '../endpoint-cache.js';
import { parseEventTime, parseOldEventTime } from '../event-time.js';
import { EVENT_TYPES, type EventType } from '../event-types.js';
import { localAddress } from '../local-address.js';
import { forgeableBytesOf } from './line-feeds.js';
import { isSecurityPrefix, PREFIX_BYTES_MAX } from './line-prefix.js';
import { hasHostileTail, type TailReader, type TailTest, tailReader, tailTest } from './tail-reader.js';

/** A type of event as the log writes it. */
interface LogType extends EventType {
  readonly hasHostileTail: boolean;
  readonly beginsTail: TailTest;
  readonly readTail: TailReader;
}

/** A line's event, or what is wrong with it, or that it is `foreign`: no security event's. */
export type LineVerdict = SecurityEvent | MalformedReason | 'foreign';

/** The values before the account: Asterisk's own words. */
interface Head {
  readonly type: LogType;
  readonly at: number;
  readonly service: string;
  /** How many bytes of its account a client can write a line feed into. */
  readonly forgeableBytes: number;
}

const LOG_TYPES: ReadonlyMap<string, LogType> = new Map(
  [...EVENT_TYPES].map(([name, type]) => {
    return [
      name,
      { ...type, hasHostileTail: hasHostileTail(type), beginsTail: tailTest(type), readTail: tailReader(type) },
    ];
  }),
);

const MARK = 'SecurityEvent="';
const HEAD =
  /SecurityEvent="([^"\n]*)",EventTV="([^"\n]*)",Severity="([^"\n]*)",Service="([^"\n]*)",EventVersion="([^"\n]*)"/y;
const ACCOUNT = ',AccountID="';
const SESSION = '",SessionID="';
const LOCAL = '",LocalAddress="';
const REMOTE = '",RemoteAddress="';
/** What is left of REMOTE at least. */
const ADDRESS = 'oteAddress="';

const SERVICE = /^[A-Za-z0-9_-]{1,32}$/;
const SEVERITY = /^(Informational|Error)$/;
const EVENT_VERSION = /^\d{1,4}$/;
/** `%p` of glibc, and of a null pointer. */
const POINTER = /^(0x[\da-f]{1,16}|\(nil\))$/;

/**
 * Reads one line of the security log. `read` says what the line is; the other members then say of it what they say.
 *
 * Asterisk escapes nothing (`append_json_single` in res/res_security_log.c, `append_ie` before 12; its own \todo says
 * so), and before the addresses stand texts of the client's. But it always writes its own address, and after
 * that a client can write only into some types' tails: so the last address is Asterisk's, and where a tail can be
 * hostile, the address is if there is no other with a tail of the type's after it.
 */
export class SecurityLine {
  readonly #pbx: string;
  readonly #endpoints = new EndpointCache();
  #view: DataView = new DataView(new ArrayBuffer(0));
  #text = '';
  #isAscii = true;
  /** Where the next MARK is, from the last line on; the text's length where there is none. */
  #markAt = 0;
  /** The last prefix that was recognised: in a flood, the next line has the same. */
  #prefix = '';
  #headEnd = 0;
  #isJoined = false;
  #accountAt = 0;
  #forgeableBytes = 0;
  /** Of the line that is read: where the address pair begins and ends, and its addresses. */
  #pairAt = 0;
  #pairEnd = 0;
  #remote: RemoteAddress | null = null;
  #local: Address | null = null;

  constructor(pbx: string) {
    this.#pbx = pbx;
  }

  /** Where the value of EventVersion ends: hostile text that ended before cannot have been followed by what Asterisk writes then. 0 if the head is not Asterisk's. */
  get headEnd(): number {
    return this.#headEnd;
  }

  /** Whether the beginning of an event stands in the line where a line does not begin with it. */
  get isJoined(): boolean {
    return this.#isJoined;
  }

  /** Where the account begins; in RequestBadFormat, what is in its place. */
  get accountAt(): number {
    return this.#accountAt;
  }

  get forgeableBytes(): number {
    return this.#forgeableBytes;
  }

  /** @returns the lines as text, one letter for each byte. */
  open(lines: Buffer): string {
    this.#view = new DataView(lines.buffer, lines.byteOffset, lines.length);
    this.#text = lines.toString('latin1');
    this.#isAscii = isAscii(lines);
    this.#markAt = -1;
    return this.#text;
  }

  /** Reads the line from `start` to `end`, its line end excluded. An event's strings are cut from the lines' text. */
  read(start: number, end: number): LineVerdict {
    this.#headEnd = 0;
    const mark = this.#mark(start);
    const hasPrefix = mark < end && this.#isPrefix(start, mark);
    // A message that was cut, or broken off by a full disk, has no line end and the next one on its line.
    this.#isJoined = hasPrefix ? this.#mark(mark + 1) < end : mark < end;
    if (!hasPrefix) return 'foreign';
    const head = this.#readHead(mark);
    if (typeof head === 'string') return head;
    return this.#isJoined ? 'truncated' : this.#readBody(head, end);
  }

  /** @returns where MARK is at or after `from`; it is searched for once, not once for each line before it. */
  #mark(from: number): number {
    if (this.#markAt < from) {
      const found = this.#text.indexOf(MARK, from);
      this.#markAt = found < 0 ? this.#text.length : found;
    }
    return this.#markAt;
  }

  #isPrefix(start: number, mark: number): boolean {
    if (mark - start === this.#prefix.length && this.#text.startsWith(this.#prefix, start)) return true;
    if (mark - start > PREFIX_BYTES_MAX) return false;
    const prefix = this.#text.slice(start, mark);
    if (!isSecurityPrefix(prefix)) return false;
    this.#prefix = detached(prefix);
    return true;
  }

  #readHead(mark: number): Head | MalformedReason {
    HEAD.lastIndex = mark;
    const [, name = '', time = '', severity = '', service = '', version = ''] = HEAD.exec(this.#text) ?? [];
    const headEnd = HEAD.lastIndex;
    if (headEnd === 0) return 'key_order';
    const type = LOG_TYPES.get(name);
    if (type === undefined) return 'unknown_event';
    const at = parseEventTime(time) ?? parseOldEventTime(time);
    if (at === null) return 'event_tv';
    if (!SEVERITY.test(severity) || !SERVICE.test(service) || !EVENT_VERSION.test(version)) return 'value';
    const forgeableBytes = forgeableBytesOf(service);
    if (type.hasAccount && !this.#text.startsWith(ACCOUNT, headEnd)) return 'key_order';
    this.#headEnd = headEnd - 1;
    this.#accountAt = type.hasAccount ? headEnd + ACCOUNT.length : this.#headEnd;
    this.#forgeableBytes = forgeableBytes;
    return { type, at, service, forgeableBytes };
  }

  #readBody(head: Head, end: number): SecurityEvent | MalformedReason {
    const { type, at, service } = head;
    const fault = this.#text[end - 1] === '"' ? this.#findPair(type, end) : 'truncated';
    if (fault !== null) return fault;
    const sessionAt = type.hasAccount ? this.#findSession(head) : this.#accountAt;
    if (sessionAt === null) return 'ambiguous';
    const sessionId = this.#value(sessionAt + SESSION.length, this.#pairAt);
    if (service !== 'PJSIP' && !POINTER.test(sessionId)) return 'value';
    const tail = type.readTail(this.#text, this.#pairEnd, end);
    if (tail === null) return 'key_order';
    const account = type.hasAccount ? this.#value(this.#accountAt, sessionAt) : this.#tailValue(tail.account);
    const remote = this.#remote;
    const event = { event: type.name, pbx: this.#pbx, at, service, account, sessionId, remote, local: this.#local };
    const { guessKey } = type;
    const details = guessKey === null ? type.detailOf?.(this.#tailValue(tail.detail)) : this.#guessed(guessKey, end);
    return Object.assign(event, details) as SecurityEvent;
  }

  /**
   * Finds the remote address that Asterisk wrote, and reads it with the local one before it.
   *
   * Asterisk's own is there in every line, and followed by a tail of the type's. Even the escape character does not take
   * it away: in a file's line, everything from that up to the next `m` is missing (`term_strip` in main/term.c), which
   * can be all of LocalAddress, but goes no farther than the `m` of RemoteAddress.
   */
  #findPair(type: LogType, end: number): MalformedReason | null {
    if (!type.hasAccount) return this.#findFirstPair(type, end);
    let fault: MalformedReason | null = 'truncated';
    let found = -1;
    for (let at = this.#addressBefore(end); at >= 0; at = this.#addressBefore(at - 1)) {
      fault = this.#remoteFault(type, at, end);
      if (fault === null && found >= 0) return 'ambiguous';
      if (fault === null) found = at;
      // Nothing that is the client's follows the last one.
      if (!type.hasHostileTail) break;
    }
    return found < 0 ? fault : this.#readPair(found);
  }

  /** As #findPair for RequestBadFormat, in which nothing of the client's precedes the pair. */
  #findFirstPair(type: LogType, end: number): MalformedReason | null {
    if (!this.#text.startsWith(SESSION, this.#accountAt)) return 'key_order';
    const at = this.#text.indexOf(ADDRESS, this.#accountAt) + ADDRESS.length;
    if (at < ADDRESS.length || at > end) return 'truncated';
    return this.#remoteFault(type, at, end) ?? this.#readPair(at);
  }

  /** @returns where the value of the last RemoteAddress that begins at or before `before` begins; -1 for none after the account's beginning. */
  #addressBefore(before: number): number {
    const at = this.#text.lastIndexOf(ADDRESS, before - ADDRESS.length);
    return at < this.#accountAt ? -1 : at + ADDRESS.length;
  }

  /** @returns what speaks against an address of Asterisk's at `at`; null if nothing does. */
  #remoteFault(type: LogType, at: number, end: number): MalformedReason | null {
    const to = this.#text.indexOf('"', at);
    if (to < 0 || to >= end) return 'truncated';
    if (this.#endpoints.readAddress(this.#view, this.#text, at, to) === null) return 'address';
    return type.beginsTail(this.#text, to + 1, end) ? null : 'key_order';
  }

  /** Reads the pair whose remote address has its value at `at`, and that it has a local one of the right form. */
  #readPair(at: number): MalformedReason | null {
    const localEnd = at - REMOTE.length;
    const localAt = this.#text.lastIndexOf(LOCAL, localEnd - LOCAL.length) + LOCAL.length;
    if (localAt < this.#accountAt + LOCAL.length || this.#text.indexOf('"', localAt) !== localEnd) return 'key_order';
    if (!this.#text.startsWith(REMOTE, localEnd)) return 'key_order';
    const local = this.#endpoints.readAddress(this.#view, this.#text, localAt, localEnd);
    if (local === null) return 'address';
    this.#local = localAddress(local);
    this.#pairAt = localAt - LOCAL.length;
    this.#pairEnd = this.#text.indexOf('"', at) + 1;
    this.#remote = this.#endpoints.readAddress(this.#view, this.#text, at, this.#pairEnd - 1);
    return null;
  }

  /**
   * Finds where the account ends. PJSIP's SessionID is the client's Call-ID, and its account the configuration's but
   * for InvalidAccountID; of the other services the SessionID is a pointer, so that the last one is Asterisk's.
   * @returns null if there is none, or more than one that could be it.
   */
  #findSession({ type, service, forgeableBytes }: Head): number | null {
    const lastAt = this.#pairAt - SESSION.length;
    if (service !== 'PJSIP') {
      const last = this.#text.lastIndexOf(SESSION, lastAt);
      return last < this.#accountAt ? null : last;
    }
    const first = this.#text.indexOf(SESSION, this.#accountAt);
    if (first < 0 || first > lastAt) return null;
    if (type.name !== 'InvalidAccountID') return first;
    const second = this.#text.indexOf(SESSION, first + 1);
    return second >= 0 && second <= Math.min(lastAt, this.#accountAt + forgeableBytes) ? null : first;
  }

  /** The hash of the key's last value: a client can imitate the key, but no guess is in what it writes there. */
  #guessed(key: string, end: number): { readonly guess: number | null } {
    const mark = `,${key}="`;
    const at = this.#text.lastIndexOf(mark, end);
    const from = at + mark.length;
    const to = at < this.#pairEnd ? from : this.#text.indexOf('"', from);
    return { guess: to === from ? null : hashOfBytes(this.#view, from, to, PROCESS_KEY) };
  }

  #tailValue(value: string | null): string | null {
    return value === null ? null : this.#decoded(value);
  }

  #value(from: number, to: number): string {
    return this.#decoded(this.#text.slice(from, to));
  }

  /** As AMI's reader does: Asterisk passes on valid UTF-8 only; anything else shows as U+FFFD. */
  #decoded(text: string): string {
    return this.#isAscii ? text : Buffer.from(text, 'latin1').toString();
  }
}

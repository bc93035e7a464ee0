import { CARRIER_BYTES_MAX, isAsterisks, readCarried } from './carrier-form.js';
import { JournalFields } from './journal-fields.js';
import { readJsonRecord } from './json-record.js';
import { isStartLine } from './line-prefix.js';

export interface CarrierOutput {
  /** Called for each line that is none of Asterisk's: another program's, or a field that a journal adds. */
  readonly onLeftOut: () => void;
}

/** What a line was carried in, and what is left of it without. */
interface Unpacked {
  readonly line: Buffer;
  /** What the carrier wrote, which may have the time in it. */
  readonly before: string;
  readonly ident: string | null;
  readonly kind: Kind;
}

/** `journal`: with a line for each field of an entry. */
type Kind = 'plain' | 'carried' | 'journal';

const LF = 0x0a;
const BRACKET = 0x5b;
const BRACE = 0x7b;
/** Of JSON as server-sent events, and as a sequence (RFC 7464). */
const JSON_MARKS = /^(?:data: |\x1e)(?=\{)/;
const OURS = /asterisk/i;
/** What is left of the end of a security event, at least: such a line is shown to the reader, whoever seems to have sent it. */
const EVENT_END = 'oteAddress="';
/** Programs in one journal that wrote lines of Asterisk's form. */
const IDENTS_MAX = 16;
/** More than one message can hold: lines of the other kind beyond that are no client's. */
const OTHER_BYTES_MAX = 8_192;

/**
 * Takes off what docker, Kubernetes, a syslog or a journal wrote around Asterisk's lines, so that the readers see what
 * Asterisk wrote and nothing else: what they prove, they prove by how many bytes of it a client can write.
 *
 * A file is of one kind, as its first line of Asterisk's is. In a plain one nothing is taken off, or a client could write
 * what is; and fields are left out in a journal only.
 */
export class Carrier {
  readonly #output: CarrierOutput;
  readonly #journal = new JournalFields();
  readonly #idents = new Set<string>();
  /** By where a line begins in what `open` returned. */
  readonly #before = new Map<number, string>();
  #kind: Kind | 'unknown' = 'unknown';
  /** How many bytes of the other kind came since the last line of this kind. */
  #otherBytes = 0;

  constructor(output: CarrierOutput) {
    this.#output = output;
  }

  /** @param lines as of LogReader.read. @returns Asterisk's own lines, each with its LF. */
  open(lines: Buffer, isFirst: boolean): Buffer {
    if (isFirst) this.#startOver();
    this.#before.clear();
    // To look at one line of many costs nothing, and a file that changes its kind shows it soon enough.
    if (this.#kind === 'plain' && lines[0] === BRACKET) {
      this.#otherBytes = 0;
      return lines;
    }
    return this.#unpackAll(lines);
  }

  /** What the carrier wrote in front of the line that begins there; empty for nothing. */
  before(start: number): string {
    return this.#before.get(start) ?? '';
  }

  #startOver(): void {
    this.#kind = 'unknown';
    this.#otherBytes = 0;
    this.#idents.clear();
    this.#journal.clear();
  }

  #unpackAll(lines: Buffer): Buffer {
    const kept: Buffer[] = [];
    let length = 0;
    for (let start = 0, next = 0; start < lines.length; start = next) {
      next = nextLine(lines, start);
      const raw = lines.subarray(start, next);
      const unpacked = this.#unpack(raw);
      if (unpacked === null) {
        this.#output.onLeftOut();
        continue;
      }
      if (unpacked.before !== '') this.#before.set(length, unpacked.before);
      kept.push(unpacked.line);
      length += unpacked.line.length;
    }
    return Buffer.concat(kept, length);
  }

  /** @returns null for a line that is none of Asterisk's. */
  #unpack(raw: Buffer): Unpacked | null {
    const bare: Unpacked = { line: raw, before: '', ident: null, kind: 'plain' };
    const unpacked = this.#readCarried(raw);
    if (unpacked === 'field') return this.#kind === 'journal' || this.#kind === 'unknown' ? null : bare;
    this.#settleKind(unpacked ?? bare, raw.length);
    if (unpacked === null || this.#kind === 'plain' || this.#kind === 'unknown') return bare;
    return this.#isOthers(unpacked) && !raw.includes(EVENT_END) ? null : unpacked;
  }

  /** A file's kind is that of its first line of Asterisk's, until more of another kind came than a client can write. */
  #settleKind({ kind, line }: Unpacked, bytes: number): void {
    // Asterisk's first line is plain in a file of JSON too.
    if (!isAsterisks(headOf(line)) || isStartLine(headOf(line).trimEnd())) return;
    this.#otherBytes = kind === this.#kind ? 0 : this.#otherBytes + bytes;
    if (this.#kind === 'unknown' || this.#otherBytes > OTHER_BYTES_MAX) this.#kind = kind;
  }

  /**
   * Whether the line is another program's. Programs are known by a line of Asterisk's form; where one is called asterisk,
   * the others are not, whatever they write: that may be a client's.
   */
  #isOthers({ ident, line }: Unpacked): boolean {
    if (ident === null || this.#idents.has(ident)) return false;
    const isKnown = [...this.#idents].some((known) => OURS.test(known));
    const isOurs = (OURS.test(ident) || !isKnown) && isAsterisks(headOf(line));
    if (isOurs && this.#idents.size < IDENTS_MAX) this.#idents.add(ident);
    return !isOurs && this.#idents.size > 0;
  }

  #readCarried(raw: Buffer): Unpacked | 'field' | null {
    const field = this.#journal.read(raw);
    if (field === 'field') return 'field';
    const line = field?.line ?? raw;
    const carried = line[0] === BRACKET && isAsterisks(headOf(line)) ? null : readCarried(headOf(line));
    const rest = line.subarray(carried?.length ?? 0);
    const before = (field?.before ?? '') + line.toString('utf8', 0, carried?.length ?? 0);
    const ident = field?.ident ?? carried?.ident ?? null;
    const kind = field === null ? 'carried' : 'journal';
    const record = jsonOf(rest);
    if (record !== null) {
      const inner = readInner(record.line);
      return {
        line: inner.line,
        before: `${before}${record.time} ${inner.before}`,
        ident: record.ident ?? inner.ident ?? ident,
        kind,
      };
    }
    return field === null && carried === null ? null : { line: rest, before, ident, kind };
  }
}

/** What is carried in JSON may have been carried before. */
function readInner(text: string): Omit<Unpacked, 'kind'> {
  const line = Buffer.from(`${text}\n`);
  const carried = readCarried(headOf(line));
  if (carried === null) return { line, before: '', ident: null };
  return {
    line: line.subarray(carried.length),
    before: line.toString('utf8', 0, carried.length),
    ident: carried.ident,
  };
}

function jsonOf(line: Buffer): ReturnType<typeof readJsonRecord> {
  const mark = JSON_MARKS.exec(line.toString('latin1', 0, 8))?.[0] ?? '';
  return line[mark.length] === BRACE ? readJsonRecord(line.toString('utf8', mark.length)) : null;
}

function nextLine(lines: Buffer, start: number): number {
  const lf = lines.indexOf(LF, start);
  return lf < 0 ? lines.length : lf + 1;
}

function headOf(line: Buffer): string {
  return line.toString('latin1', 0, Math.min(line.length, CARRIER_BYTES_MAX));
}

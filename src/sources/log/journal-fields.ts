/** The text of a journal's entry, and what stood around it. */
export interface JournalMessage {
  /** With an LF. */
  readonly line: Buffer;
  /** The entry's time, in any form; empty if it was not said yet. */
  readonly before: string;
  readonly ident: string | null;
}

const LF = 0x0a;
/** A message of Asterisk's has 8 KB at most, and a journal may hold longer ones of others. */
const BYTES_MAX = 65_536;
const SIZE_BYTES = 8;
/** `journalctl -o export`, and with blanks in front `-o verbose`. */
const FIELD = /^(?: {4})?([A-Z_][A-Z0-9_]{0,63})=/;
/** What `-o verbose` begins an entry with: its time and its cursor. */
const ENTRY = /^(?<time>\S{1,12} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,9} \S{1,6}) \[s=/;
const BINARY = /^[A-Z_][A-Z0-9_]{0,63}\n$/;
const TIME = /^(\d{1,11})(\d{6})\n$/;
const IDENT = 'SYSLOG_IDENTIFIER';

/**
 * Reads `journalctl -o export` and `-o verbose`, which have a line for each field of an entry. What has control characters
 * in it comes in binary: the field's name, eight bytes of length, little-endian, and as many bytes.
 */
export class JournalFields {
  #time = '';
  #ident: string | null = null;
  /** The name of a field in binary whose bytes are being collected. */
  #binary: string | null = null;
  #bytes: Buffer = Buffer.alloc(0);

  clear(): void {
    this.#endEntry();
    this.#binary = null;
    this.#bytes = Buffer.alloc(0);
  }

  /** @returns `field` for what is no message, and null for a line that is no journal's. */
  read(line: Buffer): JournalMessage | 'field' | null {
    if (this.#binary !== null) return this.#collect(this.#binary, line);
    // A bare line: an entry's end, but only where there was one.
    if (line.length === 1) return this.#isInEntry ? this.#endEntry() : null;
    const head = line.toString('latin1', 0, 72);
    const key = FIELD.exec(head);
    if (key !== null) return this.#take(String(key[1]), line.subarray(key[0].length));
    const entry = ENTRY.exec(head);
    if (entry !== null) return this.#beginEntry(String(entry.groups?.['time']));
    if (!this.#isInEntry || !BINARY.test(head)) return null;
    this.#binary = head.slice(0, -1);
    return 'field';
  }

  get #isInEntry(): boolean {
    return this.#time !== '' || this.#ident !== null;
  }

  #beginEntry(time: string): 'field' {
    this.#time = time;
    this.#ident = null;
    return 'field';
  }

  #endEntry(): 'field' {
    this.#time = '';
    this.#ident = null;
    return 'field';
  }

  #take(key: string, value: Buffer): JournalMessage | 'field' {
    if (key === 'MESSAGE')
      return { line: value, before: this.#time === '' ? '' : `${this.#time} `, ident: this.#ident };
    if (key === '__REALTIME_TIMESTAMP') this.#time = value.toString('latin1').replace(TIME, '$1.$2');
    if (key === IDENT) this.#ident = value.toString('utf8', 0, value.length - 1);
    return 'field';
  }

  #collect(key: string, line: Buffer): JournalMessage | 'field' {
    this.#bytes = Buffer.concat([this.#bytes, line]);
    if (this.#bytes.length < SIZE_BYTES) return 'field';
    const size = Number(this.#bytes.readBigUInt64LE());
    if (size < BYTES_MAX && this.#bytes.length <= SIZE_BYTES + size) return 'field';
    const value = this.#bytes.subarray(SIZE_BYTES, SIZE_BYTES + Math.min(size, BYTES_MAX));
    this.#binary = null;
    this.#bytes = Buffer.alloc(0);
    // A line feed in it was a letter of one message.
    return this.#take(key, Buffer.from([...value.map((byte) => (byte === LF ? 0x20 : byte)), LF]));
  }
}

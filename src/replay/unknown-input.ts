import { readCarried } from '../sources/log/carrier-form.js';
import { readJsonRecord } from '../sources/log/json-record.js';
import { visibleText } from '../text/visible-text.js';

/** Of programs that compress, and of captures of packets. */
const MAGIC: readonly [bytes: readonly number[], what: string][] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive: unpack it first'],
  [[0xfd, 0x37, 0x7a, 0x58], 'compressed by xz: unpack it first'],
  [[0x42, 0x5a, 0x68], 'compressed by bzip2: unpack it first'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed by zstd: unpack it first'],
  [[0xd4, 0xc3, 0xb2, 0xa1], 'a capture of packets: let tcpdump -A print it'],
  [[0x4d, 0x3c, 0xb2, 0xa1], 'a capture of packets: let tcpdump -A print it'],
  [[0x0a, 0x0d, 0x0d, 0x0a], 'a capture of packets: let tcpdump -A print it'],
];
const SHOWN_LETTERS_MAX = 60;
const SIP = /^(?:[A-Z]{3,12} sips?:\S+ )?SIP\/2\.0\b/;
const COLUMNS_MIN = 5;

/** Why nobody can read a file: which line is in the way, and what it looks like. @param head its beginning. */
export function unknownInput(head: Buffer): string {
  const magic = MAGIC.find(([bytes]) => bytes.every((byte, at) => head[at] === byte));
  if (magic !== undefined) return `neither AMI nor a log of Asterisk's: it is ${magic[1]}`;
  const lines = head.toString('latin1').split('\n');
  const at = Math.max(
    0,
    lines.findIndex((line) => line.trim() !== ''),
  );
  const line = String(lines[at]).trimEnd();
  const shown = visibleText(Buffer.from(line.slice(0, SHOWN_LETTERS_MAX), 'latin1').toString());
  return `neither AMI nor a security log nor a messages log: line ${at + 1} looks like ${looksLike(line)}: "${shown}". --source says what it is`;
}

function looksLike(line: string): string {
  if ([...line].some((letter) => letter < ' ' && letter !== '\t' && letter !== '\u001b')) return 'binary data';
  if (line.startsWith('{'))
    return readJsonRecord(line) === null ? 'JSON without a message' : "JSON of another program's";
  if (line.startsWith('<')) return 'XML or a page';
  if (SIP.test(line)) return 'a SIP message';
  const carried = readCarried(line);
  if (carried !== null && carried.ident !== null) return `a record of ${visibleText(carried.ident)}'s in a syslog`;
  if (line.split(',').length > COLUMNS_MIN) return 'a table with commas';
  return "text that is none of Asterisk's logger";
}

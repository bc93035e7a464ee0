/** The rest of a line that is not there yet, at most; what is longer is none of AMI's. */
const LINE_BYTES_MAX = 65_536;
/** Of a message's first line, what tcpdump -A prints of the packet's header before it. */
const FIRST_LINE = /^(?<before>.*?[^A-Za-z]|)(?<line>(?:Event|Response): \w+)$/;
/** tcpdump's line for a packet. */
const PACKET = /^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{6} IP6? /;

/** Gives AMI that was copied, and lost the CR of its line ends by that, its form again. */
export class CopiedAmi {
  #rest = '';

  clear(): void {
    this.#rest = '';
  }

  read(chunk: Buffer): Buffer {
    const lines = (this.#rest + chunk.toString('latin1')).split('\n');
    this.#rest = String(lines.pop()).slice(0, LINE_BYTES_MAX);
    return Buffer.from(lines.map(restored).join(''), 'latin1');
  }
}

function restored(line: string): string {
  if (PACKET.test(line)) return '';
  const first = FIRST_LINE.exec(line)?.groups;
  if (first === undefined) return `${line}\r\n`;
  return first['before'] === '' ? `${line}\r\n` : `\r\n${first['line']}\r\n`;
}

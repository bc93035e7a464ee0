/** What a pattern found in a line. */
export interface LineMatch {
  /** As it stands there, perhaps with a port. */
  readonly host: string;
  readonly account: string | null;
}

const TOKENS = /(<HOST>|<ACCOUNT>|\*+)/;
const HOST = '<HOST>';
const ACCOUNT = '<ACCOUNT>';
const ADDRESS = /[\dA-Fa-f:.[\]]{2,60}/y;
/** What may end a sentence and is no part of the address before it. */
const STOPS_MAX = 3;
const STOP = /[.:]/;
const LETTERS_MIN = 4;

/**
 * A line of one's own: literal text with `<HOST>` for the address, `<ACCOUNT>` for a name and `*` for any text. The whole
 * message has to be like that. Each part is looked for once, from left to right, so that the time grows with the length
 * of the line alone, whatever is in it.
 */
export class LinePattern {
  readonly text: string;
  readonly #before: readonly string[];
  readonly #after: readonly string[];

  /** @throws Error that says what is wrong with the text. */
  constructor(text: string) {
    const parts = text.split(TOKENS).map((part) => (part.startsWith('*') ? '*' : part));
    const fault = faultOf(parts);
    if (fault !== null) throw new Error(`${fault}: ${text}`);
    this.text = text;
    const at = parts.indexOf(HOST);
    this.#before = parts.slice(0, at);
    this.#after = parts.slice(at + 1);
  }

  /** @returns `ambiguous` where two addresses stand where the pattern's can stand, null for another line. */
  read(line: string): LineMatch | 'ambiguous' | null {
    const place = this.#place(line);
    if (place === null || place === 'ambiguous') return place;
    const before = glob(this.#before, line.slice(0, place.from));
    const after = before === null ? null : glob(this.#after, line.slice(place.to));
    if (before === null || after === null) return null;
    return { host: line.slice(place.from, place.to), account: before.account ?? after.account };
  }

  #place(line: string): Place | 'ambiguous' | null {
    const lead = this.#before.at(-1) ?? '';
    const follow = this.#after[0] === '' && this.#after.length > 1 ? null : (this.#after[0] ?? '');
    let found: Place | null = null;
    for (let at = line.indexOf(lead); at >= 0; at = lead === '' ? -1 : line.indexOf(lead, at + 1)) {
      const next = addressAt(line, at + lead.length, follow);
      if (next === null) continue;
      if (found !== null && line.slice(found.from, found.to) !== line.slice(next.from, next.to)) return 'ambiguous';
      found ??= next;
    }
    return found;
  }
}

/** Reads a file of them, one a line; empty lines and those that begin with # are left out. @returns the faults, too. */
export function linePatterns(text: string): {
  readonly patterns: readonly LinePattern[];
  readonly faults: readonly string[];
} {
  const patterns: LinePattern[] = [];
  const faults: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    try {
      patterns.push(new LinePattern(trimmed));
    } catch (error) {
      // The pattern's fault; nothing else is thrown there.
      faults.push(`line ${index + 1}: ${(error as Error).message}`);
    }
  }
  return { patterns, faults };
}

interface Place {
  readonly from: number;
  readonly to: number;
}

function faultOf(parts: readonly string[]): string | null {
  if (parts.filter((part) => part === HOST).length !== 1) return '<HOST> has to be in it, once';
  if (parts.filter((part) => part === ACCOUNT).length > 1) return '<ACCOUNT> can be in it once only';
  if (parts.some((part, at) => part === '' && isInside(parts, at)))
    return '<HOST>, <ACCOUNT> and * need text between them';
  const letters = parts
    .filter((_, at) => at % 2 === 0)
    .join('')
    .replaceAll(' ', '').length;
  return letters < LETTERS_MIN ? `it needs ${LETTERS_MIN} letters of its own at least` : null;
}

/** Whether an empty text leaves two tokens side by side; only `<HOST>*` says where the address ends. */
function isInside(parts: readonly string[], at: number): boolean {
  return at > 0 && at < parts.length - 1 && !(parts[at - 1] === HOST && parts[at + 1] === '*');
}

/** @param follow what stands behind the address; null for anything that is no part of one. */
function addressAt(line: string, from: number, follow: string | null): Place | null {
  ADDRESS.lastIndex = from;
  const [run = ''] = ADDRESS.exec(line) ?? [];
  // A word of the letters of an address is none.
  const length = /[.:]/.test(run) ? run.length : 0;
  for (let stops = 0; stops <= STOPS_MAX && stops < length; stops++) {
    const to = from + length - stops;
    if (follow === null ? !STOP.test(line[to - 1] ?? '') : isFollowed(line, to, follow)) return { from, to };
  }
  return null;
}

function isFollowed(line: string, to: number, follow: string): boolean {
  return follow === '' ? to === line.length : line.startsWith(follow, to);
}

/** Whether a text is like the parts, from its beginning to its end: the texts at an even place, with a token between two. */
function glob(parts: readonly string[], text: string): { readonly account: string | null } | null {
  let at = 0;
  let account: string | null = null;
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) continue;
    const isLast = index === parts.length - 1;
    const found =
      index === 0 ? (text.startsWith(part) ? 0 : -1) : isLast ? text.length - part.length : text.indexOf(part, at);
    if (found < at || !text.startsWith(part, found)) return null;
    if (parts[index - 1] === ACCOUNT) account = text.slice(at, found);
    at = found + part.length;
  }
  return at === text.length ? { account } : null;
}

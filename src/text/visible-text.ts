/** No system has a longer one. */
const PATH_COLUMNS_MAX = 4096;
/** Printable ASCII but the backslash, which shows the rest, and western letters: nothing that moves a cursor or turns the direction. */
const PLAIN = /^[\x20-\x5b\x5d-\x7e\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f]$/u;

/**
 * Hostile text as a terminal and a report may have it: one line, everything unusual by its number (`\x0a`, `\u{202e}`).
 * @param columnsMax what is longer is cut, and shows that.
 */
export function visibleText(text: string, columnsMax = 64): string {
  let shown = '';
  // Each character shows as one column at least, and the rest need not be looked at.
  for (const character of text.slice(0, 2 * columnsMax)) {
    const next = shown + visibleCharacter(character);
    if (next.length > columnsMax) return `${shown.slice(0, columnsMax - 3)}...`;
    shown = next;
  }
  return shown;
}

/** The same for a file's name, of which the end matters as much as the beginning. */
export function visiblePath(path: string): string {
  return visibleText(path, PATH_COLUMNS_MAX);
}

function visibleCharacter(character: string): string {
  if (PLAIN.test(character)) return character;
  if (character === '\\') return '\\\\';
  const hex = Number(character.codePointAt(0)).toString(16);
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}

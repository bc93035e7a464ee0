/** What a text may take up in an alert, at most. */
const SHOWN_MAX = 64;
const CUT = '...';

/** Written as they are: letters of western European names among them, and nothing that changes the direction of writing. */
const PLAIN = /^[\w +\-À-ÖØ-öø-ſ]$/;
/** What makes links and mentions of a word. In brackets, as in `example[.]com`, no receiver does, and people read it still. */
const DEFANGED = new Set('.@:/');
/** An IP address, with its zone or the length of a prefix where it has one. */
const ADDRESS = /^[\da-f.:]{2,45}(%[\w-]{1,16}|\/\d{1,3})?$/i;
const WORD = /^[\w+-]+$/;

/**
 * Hostile text made fit for a sentence, at most 64 characters of it. Nothing in it ends a JSON string, a line or a quotation,
 * mentions anybody in a chat, is a link or markup, or looks like something else: every character beyond letters, digits,
 * blanks, `_`, `+` and `-` is shown by its number, as in `\x0a` or `\u{202e}`, or in brackets, as in `[@]`.
 */
export function shownText(text: string): string {
  let shown = '';
  let fitting = '';
  // Each character shows as one at least, and the rest need not be looked at.
  for (const character of text.slice(0, 2 * SHOWN_MAX)) {
    shown += shownCharacter(character);
    if (shown.length <= SHOWN_MAX - CUT.length) fitting = shown;
    if (shown.length > SHOWN_MAX) return fitting + CUT;
  }
  return shown;
}

/** The same in quotes, unless it is one word: an account can be called `Nobody`, but not `Nobody logged in`. */
export function shownName(text: string): string {
  const shown = shownText(text);
  return WORD.test(shown) ? shown : `"${shown}"`;
}

/** An address or a prefix as it is, and anything else as a name. */
export function shownAddress(text: string): string {
  return ADDRESS.test(text) ? text : shownName(text);
}

function shownCharacter(character: string): string {
  if (PLAIN.test(character)) return character;
  if (DEFANGED.has(character)) return `[${character}]`;
  const hex = Number(character.codePointAt(0)).toString(16);
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}

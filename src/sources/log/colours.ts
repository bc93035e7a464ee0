/**
 * What colours a terminal, with the escape character as it came and as programs write it down: rsyslog `#033`, `cat -v`
 * and less `^[`, printf `\033`, `\x1b` and `\e`, JSON `\u001b`, viewers `<1b>` and U+241B, of which a reader of bytes
 * sees three letters.
 */
const ESCAPE = String.raw`(?:\x1b|#033|\^\[|\\033|\\x1[bB]|\\u001[bB]|\\e|<1[bB]>|\u241b|\u00e2\u0090\u009b)`;
const COLOUR = new RegExp(String.raw`${ESCAPE}\[[\d;]{0,16}[mK]`, 'g');
/** A letter of each spelling: a text without any has no colours. */
const HINT = /[\x1b#^\\<\u241b\u009b]/;

/** @returns the text without its colours, in whatever way the escape character is spelled. */
export function withoutColours(text: string): string {
  return HINT.test(text) ? text.replace(COLOUR, '') : text;
}

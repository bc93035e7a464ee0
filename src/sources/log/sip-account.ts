const QUOTED = /^\s*"(?:[^"\\]|\\.)*"/;
const SCHEME = /(?:sips?|tel):/i;

/**
 * The user part of the first URI in a From or To header, as far as the text says it: `101` of `"Ann" <sip:101@pbx>;tag=1`,
 * `"101"<sip:101@pbx>`, `sip:101@pbx` or `"101"sip:101@pbx`. What the URI escapes stays escaped. A password after the
 * user (`101:secret@pbx`) is left out.
 * @returns null if there is no user.
 */
export function sipAccount(header: string): string | null {
  const uri = uriOf(header.replace(QUOTED, '')) ?? uriOf(header);
  if (uri === null) return null;
  const at = uri.text.indexOf('@');
  if (at < 0) return uri.isPhone ? uri.text : null;
  const user = uri.text.slice(0, at);
  const colon = user.indexOf(':');
  return colon < 0 ? user : user.slice(0, colon);
}

function uriOf(text: string): { readonly text: string; readonly isPhone: boolean } | null {
  const scheme = SCHEME.exec(text);
  if (scheme === null) return null;
  const from = scheme.index + scheme[0].length;
  const isPhone = scheme[0].toLowerCase() === 'tel:';
  const end = text.slice(from).search(isPhone ? /[>;]/ : />/);
  return { text: end < 0 ? text.slice(from) : text.slice(from, from + end), isPhone };
}

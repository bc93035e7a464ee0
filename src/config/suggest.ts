/** What people write for our words. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  HOST: ['SERVER', 'HOSTNAME', 'ADDRESS'],
  USERNAME: ['USER', 'LOGIN_NAME'],
  SECRET: ['PASSWORD', 'PASS', 'PASSWD', 'PWD'],
  TLS: ['SSL'],
  CA_FILE: ['CA', 'CERT', 'CERT_FILE'],
  EVENTS: ['EVENT_MASK', 'EVENTMASK'],
  PROTOCOL: ['TRANSPORT'],
  PREFIX: ['NAMESPACE'],
  METER_TYPE: ['TYPE', 'METRIC_TYPE'],
  SECONDS: ['TIMEOUT', 'INTERVAL', 'MS'],
  MS: ['INTERVAL', 'SECONDS', 'MILLIS'],
  BYTES: ['SIZE', 'LENGTH'],
  WEBHOOK_URL: ['WEBHOOK', 'URL', 'HOOK'],
  PER_FLUSH: ['MAX', 'LIMIT'],
};

/** Edits that still count as a slip of the pen: one for every three characters, three at most. */
const editsMax = (name: string): number => Math.min(3, Math.floor(name.length / 3));

/** A name longer than this is nobody's slip of the pen; it also bounds the work. */
const NAME_MAX = 64;

/**
 * The known name that somebody who wrote `name` most likely meant, misspelt or in other words (`AMI_PASWORD`: AMI_SECRET);
 * null where none is near.
 */
export function suggest(name: string, known: Iterable<string>): string | null {
  if (name.length > NAME_MAX) return null;
  let best: string | null = null;
  let fewest = editsMax(name) + 1;
  for (const candidate of known) {
    for (const spelling of spellings(candidate)) {
      if (Math.abs(name.length - spelling.length) >= fewest) continue;
      const edits = editDistance(name, spelling);
      if (edits < fewest) [best, fewest] = [candidate, edits];
    }
  }
  return best;
}

/** The name itself, and with one of its words replaced by each synonym. */
function spellings(name: string): Set<string> {
  const replaced = Object.entries(SYNONYMS).flatMap(([word, synonyms]) =>
    synonyms.map((synonym) => name.replace(new RegExp(`(?<=^|_)${word}(?=_|$)`), synonym)),
  );
  return new Set([name, ...replaced]);
}

/** Levenshtein's distance: insertions, deletions and replacements that make one text of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  let edits = b.length;
  for (let line = 1; line <= a.length; line += 1) {
    const next = [line];
    edits = line;
    for (let column = 1; column <= b.length; column += 1) {
      const [corner = 0, above = 0] = row.slice(column - 1, column + 1);
      edits = Math.min(above + 1, edits + 1, corner + (a[line - 1] === b[column - 1] ? 0 : 1));
      next.push(edits);
    }
    row = next;
  }
  return edits;
}

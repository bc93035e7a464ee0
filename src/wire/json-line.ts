/** The longest line that the blocker reads or the exporter, in bytes without its end. */
export const LINE_BYTES_MAX = 2048;

/** Everything that JSON may hold as it is and a terminal, a log or a line reader may take for something else. */
const NOT_PLAIN = /[^\x20-\x7e]/g;

/** The value as JSON in printable ASCII, so that a letter is a byte and nothing in it ends a line. */
export function asciiJson(value: object): string {
  return JSON.stringify(value).replace(NOT_PLAIN, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The object that the text is; null for any other text. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // A SyntaxError: whoever wrote it does not speak JSON.
    return null;
  }
  return isObject(value) ? value : null;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the object has these keys, and no other one. */
export function hasExactly(object: object, keys: readonly string[]): boolean {
  return Object.keys(object).length === keys.length && keys.every((key) => Object.hasOwn(object, key));
}

/** JSON can say -0, which JSON.stringify writes as 0: what is read would not be what is written. */
export function isWhole(value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === 'number' && Number.isInteger(value) && !Object.is(value, -0) && value >= min && value <= max;
}

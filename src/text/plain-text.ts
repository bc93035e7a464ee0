const CONTROL = /[\x00-\x1f\x7f-\x9f]/;
const CONTROLS = new RegExp(CONTROL, 'g');

/** The text cut to so many UTF-16 units, with a `?` for each control character. */
export function plainText(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).replace(CONTROLS, '?');
}

/** Whether `plainText` would leave the value as it is. */
export function isPlainText(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length <= lengthMax && !CONTROL.test(value);
}

/** A copy of a text that does not keep alive the larger text that it was cut from; for what is kept beyond a callback. */
export function detached(text: string): string {
  return Buffer.from(text).toString();
}

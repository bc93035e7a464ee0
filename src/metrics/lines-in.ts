/** How many lines a chunk holds, each with its end. */
export function linesIn(chunk: Buffer): number {
  let lines = 0;
  for (const byte of chunk) if (byte === 0x0a) lines += 1;
  return lines;
}

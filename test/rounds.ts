/** CI runs long loops whole; at a desk a tenth of them finds most of what they find, and the tests stay quick. */
const isWhole = process.env['CI'] === 'true';

/** How often a loop runs: `whole` times in CI, elsewhere `brief` times. */
export function rounds(whole: number, brief = Math.ceil(whole / 10)): number {
  return isWhole ? whole : brief;
}

import type { Output } from './command.js';

/** Ends the process as soon as nobody reads its output. Whoever read up to there has seen enough, as `head` does. */
export function endUnread(out: Output): void {
  out.on('error', () => process.exit(0));
}

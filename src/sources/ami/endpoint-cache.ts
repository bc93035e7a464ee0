import { detached } from '../../domain/detached.js';
import { type Endpoint, parseEndpoint } from '../../domain/remote-address.js';

interface Entry {
  /** As Asterisk wrote it. */
  readonly text: string;
  readonly endpoint: Endpoint;
}

/** A power of two. */
const SLOTS = 4096;

/**
 * Remembers the endpoints that were read lately: an attacker comes back, and to recognise his text costs a tenth of
 * reading it again. Each text has one slot, by its last letters; another text in the same slot takes its place.
 */
export class EndpointCache {
  readonly #slots: (Entry | null)[] = new Array(SLOTS).fill(null);

  /** @returns the endpoint that stands in `text` from `from` to `to`, null where there is none. */
  read(text: string, from: number, to: number): Endpoint | null {
    const slot = slotOf(text, from, to);
    const part = text.slice(from, to);
    const known = this.#slots[slot];
    if (known?.text === part) return known.endpoint;
    const endpoint = parseEndpoint(part);
    if (endpoint !== null) this.#slots[slot] = { text: detached(part), endpoint };
    return endpoint;
  }
}

/** The last five letters of an address tell neighbours apart; the rest is compared. */
function slotOf(text: string, from: number, to: number): number {
  let hash = 0;
  for (let at = Math.max(from, to - 5); at < to; at++) hash = hash * 11 + text.charCodeAt(at);
  return hash & (SLOTS - 1);
}

import { type Endpoint, parseEndpoint, type RemoteAddress } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';
import { digits } from './digits.js';
import { Pattern } from './pattern.js';

interface Entry {
  /** As Asterisk wrote it. */
  readonly pattern: Pattern;
  readonly endpoint: Endpoint;
}

/** A power of two. */
const SLOTS = 4096;

const SLASH = 0x2f;
const PORT_MAX = 65_535;

/**
 * Remembers the endpoints that were read lately: attackers come back, and to recognise their text costs a tenth of
 * reading it again. Each text has one slot, by its last letters; another text in the same slot takes its place.
 */
export class EndpointCache {
  readonly #slots: (Entry | null)[] = new Array(SLOTS).fill(null);

  /**
   * @param text the bytes of `view`, one letter for each.
   * @returns the endpoint between `from` and `to`, or null if there is none.
   */
  read(view: DataView, text: string, from: number, to: number): Endpoint | null {
    const slot = slotOf(text, from, to);
    const known = this.#slots[slot];
    if (known?.pattern.length === to - from && known.pattern.isAt(view, from)) return known.endpoint;
    const part = detached(text.slice(from, to));
    const endpoint = parseEndpoint(part);
    if (endpoint !== null) this.#slots[slot] = { pattern: new Pattern(part), endpoint };
    return endpoint;
  }

  /** As `read`, for an endpoint followed by its port: `IPV4/UDP/203.0.113.9/5060`. */
  readAddress(view: DataView, text: string, from: number, to: number): RemoteAddress | null {
    let slash = to - 1;
    while (slash > from && text.charCodeAt(slash) !== SLASH) slash--;
    const port = digits(text, slash + 1, to - slash - 1);
    if (port < 0 || port > PORT_MAX || slash + 1 === to) return null;
    const found = this.read(view, text, from, slash);
    if (found === null) return null;
    const { family, transport, address, endpoint } = found;
    return { family, transport, address, port, endpoint };
  }
}

/** The last five letters of an address tell neighbours apart; the rest is compared. */
function slotOf(text: string, from: number, to: number): number {
  let hash = 0;
  for (let at = Math.max(from, to - 5); at < to; at++) hash = hash * 11 + text.charCodeAt(at);
  return hash & (SLOTS - 1);
}

/** When something ends. */
export interface Expiry {
  readonly key: string;
  /** Milliseconds since the Unix epoch. */
  readonly until: number;
}

/**
 * What ends next is in front: a binary heap, in which no entry ends before the one at half its place. Nothing is ever taken out
 * of its middle; who keeps one leaves stale entries in it, tells them when they come out, and makes a new one of what is left.
 */
export class ExpiryQueue {
  readonly #heap: Expiry[] = [];

  get size(): number {
    return this.#heap.length;
  }

  add(expiry: Expiry): void {
    const heap = this.#heap;
    let at = heap.length;
    for (let above = heap[parentOf(at)]; at > 0 && above !== undefined && above.until > expiry.until; ) {
      heap[at] = above;
      at = parentOf(at);
      above = heap[parentOf(at)];
    }
    heap[at] = expiry;
  }

  /** Takes out what ends next, if it has ended. */
  next(now: number): Expiry | null {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.until > now) return null;
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) this.#sink(last);
    return first;
  }

  /** Puts an entry into the empty first place, and those that end before it above it. */
  #sink(expiry: Expiry): void {
    const heap = this.#heap;
    let at = 0;
    for (let below = this.#soonerBelow(at); below !== -1; below = this.#soonerBelow(at)) {
      const child = heap[below];
      if (child === undefined || child.until >= expiry.until) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = expiry;
  }

  /** Of the two places below one, that whose entry ends first; -1 where there is none. */
  #soonerBelow(at: number): number {
    const left = this.#heap[2 * at + 1];
    const right = this.#heap[2 * at + 2];
    if (left === undefined) return -1;
    return right !== undefined && right.until < left.until ? 2 * at + 2 : 2 * at + 1;
  }
}

function parentOf(at: number): number {
  return (at - 1) >> 1;
}

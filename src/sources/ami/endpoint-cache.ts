import { detached } from '../../domain/detached.js';
import { type Endpoint, parseEndpoint } from '../../domain/remote-address.js';

/**
 * Remembers the endpoints that were read lately: an attacker comes back, and to find him in a map costs a tenth of
 * reading his address again. Two generations stand for recency: when the young one is full, the old one is dropped.
 */
export class EndpointCache {
  readonly #generationSize: number;
  #young = new Map<string, Endpoint>();
  #old = new Map<string, Endpoint>();

  /** @param endpointsMax the most endpoints that are remembered. */
  constructor(endpointsMax: number) {
    this.#generationSize = Math.max(1, Math.floor(endpointsMax / 2));
  }

  /** @returns null for a text that is not an endpoint; such texts are not remembered. */
  get(text: string): Endpoint | null {
    return this.#young.get(text) ?? this.#remember(text);
  }

  #remember(text: string): Endpoint | null {
    const endpoint = this.#old.get(text) ?? parseEndpoint(text);
    if (endpoint === null) return null;
    if (this.#young.size >= this.#generationSize) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(detached(text), endpoint);
    return endpoint;
  }
}

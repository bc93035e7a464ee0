import type { Friends } from '../../src/blocking/admission.js';
import { AddressSet, type Prefix } from '../../src/domain/address-set.js';
import { targetOf } from './fixtures.js';

/** A list that grows while it is asked. */
export class FakeFriends implements Friends {
  version = 0;
  #prefixes: Prefix[] = [];
  #set = new AddressSet([]);
  asked = 0;

  overlaps(prefix: Prefix): boolean {
    this.asked += 1;
    return this.#set.overlaps(prefix);
  }

  add(text: string): void {
    this.#prefixes.push(targetOf(text));
    this.#set = new AddressSet(this.#prefixes);
    this.version += 1;
  }
}

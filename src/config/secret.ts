import { inspect } from 'node:util';

const MASK = '[secret]';

/** A secret that cannot be logged by accident: every way of turning it into text gives `[secret]`, except `reveal()`. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

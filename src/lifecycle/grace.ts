/** The time that a stop leaves for the rest of the work. To be ended when the work is done: until then its timer runs. */
export class Grace {
  readonly #over = new AbortController();
  readonly #stop: AbortSignal;
  readonly #begin: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param ms counted from the moment that `stop` is aborted. */
  constructor(stop: AbortSignal, ms: number) {
    this.#stop = stop;
    this.#begin = () => {
      this.#timer = setTimeout(() => this.#over.abort(), ms);
    };
    if (stop.aborted) this.#begin();
    else stop.addEventListener('abort', this.#begin, { once: true });
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#stop.removeEventListener('abort', this.#begin);
  }
}

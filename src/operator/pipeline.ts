/** Has so many questions open at most, and tells the answers in the order of the questions, each as soon as it and those before are there. */
export class Pipeline<Answer> {
  readonly #openMax: number;
  readonly #tell: (answer: Answer) => void;
  readonly #open: Promise<void>[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(openMax: number, tell: (answer: Answer) => void) {
    this.#openMax = openMax;
    this.#tell = tell;
  }

  /** Resolves when one more may be asked. Rejects as the first answer did that failed. */
  async add(answer: Promise<Answer>): Promise<void> {
    this.#last = this.#last.then(async () => this.#tell(await answer));
    // A failure is told to whoever waits next, here or at the end; of several, the first one's.
    for (const promise of [answer, this.#last]) promise.catch(() => undefined);
    this.#open.push(this.#last);
    if (this.#open.length >= this.#openMax) await this.#open.shift();
  }

  /** Resolves when all is told. */
  async end(): Promise<void> {
    await this.#last;
  }
}

/** Ports from `first` to `last`, both included; the same for one alone. From 1 to 65535. */
export class PortRange {
  readonly first: number;
  readonly last: number;

  constructor(first: number, last: number) {
    this.first = first;
    this.last = last;
  }

  /** `5060` or `10000-20000`. */
  toString(): string {
    return this.first === this.last ? `${this.first}` : `${this.first}-${this.last}`;
  }
}

import {
  type EnforcedBan,
  type Enforcement,
  type Firewall,
  type FirewallChange,
  FirewallError,
  type FirewallFault,
} from '../../src/blocking/firewall.js';
import { parseTarget, targetText } from '../../src/domain/ban-target.js';

interface Element {
  readonly until: number;
  packets: number;
}

/** A kernel that keeps the contract, and to which everything can happen that happens to kernels. */
export class FakeFirewall implements Firewall {
  readonly name = 'fake';
  readonly secondsMax = Number.POSITIVE_INFINITY;
  /** What was called, in order. */
  calls: string[] = [];
  /** What was applied, in order. */
  batches: (readonly FirewallChange[])[] = [];
  /** Every call fails with it, without an effect. */
  fault: FirewallFault | null = null;
  /** The calls from now on fail, or work (null), in this order; then `fault` counts. */
  faults: (FirewallFault | null)[] = [];
  /** Told what goes in, before it does. */
  onApply: (changes: readonly FirewallChange[]) => void = () => undefined;
  /** While a read is under way. */
  onRead: () => void = () => undefined;
  isClosed = false;
  /** `install` says that it worked, and it did not. */
  isLying = false;
  readonly #now: () => number;
  readonly #elements = new Map<string, Element>();
  #hasTable = false;
  #hasRules = false;
  #dropped = { packets: 0, bytes: 0 };
  #isBusy = false;
  #held: Promise<void> | null = null;
  #release: () => void = () => undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  install(): Promise<void> {
    return this.#call('install', () => {
      this.#hasTable = !this.isLying;
      this.#hasRules = !this.isLying;
    });
  }

  apply(changes: readonly FirewallChange[]): Promise<void> {
    this.onApply(changes);
    this.batches.push(changes);
    return this.#call(`apply ${changes.length}`, () => {
      if (!this.#hasTable) throw new FirewallError('rejected', 'no such table');
      for (const change of changes) this.#change(change);
    });
  }

  read(): Promise<Enforcement> {
    return this.#call('read', () => {
      const bans = new Map([...this.#live()].map(([text, element]) => [text, this.#enforced(text, element)] as const));
      const found = { isInstalled: this.#hasRules, bans, dropped: { ...this.#dropped } };
      this.onRead();
      return found;
    });
  }

  uninstall(): Promise<void> {
    return this.#call('uninstall', () => this.#loseAll());
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** Calls from now on do not end before `release`. */
  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#held = null;
    this.#release();
  }

  /** What is banned now. */
  get banned(): string[] {
    return [...this.#live()].map(([text]) => text).sort();
  }

  secondsOf(text: string): number | undefined {
    const element = this.#live().get(text);
    return element === undefined ? undefined : this.#enforced(text, element).seconds;
  }

  /** `nft flush ruleset`. */
  flushRuleset(): void {
    this.#loseAll();
  }

  /** Somebody deletes our rules and leaves the sets. */
  flushRules(): void {
    this.#hasRules = false;
  }

  /** Somebody adds an element, or gives it another time. */
  addByHand(text: string, seconds: number): void {
    this.#elements.set(text, { until: this.#now() + seconds * 1000, packets: 0 });
  }

  deleteByHand(text: string): void {
    this.#elements.delete(text);
  }

  /** Packets of 100 bytes come from a banned address. */
  drop(text: string, packets: number): void {
    const element = this.#live().get(text);
    if (element === undefined) throw new Error(`${text} is not banned`);
    element.packets += packets;
    this.#dropped = { packets: this.#dropped.packets + packets, bytes: this.#dropped.bytes + packets * 100 };
  }

  #change(change: FirewallChange): void {
    const text = targetText(change.target);
    if (change.kind === 'remove') this.#elements.delete(text);
    else this.#elements.set(text, { until: this.#now() + change.seconds * 1000, packets: 0 });
  }

  #loseAll(): void {
    this.#hasTable = false;
    this.#hasRules = false;
    this.#elements.clear();
    this.#dropped = { packets: 0, bytes: 0 };
  }

  #live(): Map<string, Element> {
    for (const [text, { until }] of this.#elements) if (until <= this.#now()) this.#elements.delete(text);
    return this.#elements;
  }

  #enforced(text: string, { until, packets }: Element): EnforcedBan {
    const target = parseTarget(text);
    if (target === null) throw new Error(`${text} is no target`);
    return { target, seconds: Math.floor((until - this.#now()) / 1000), packets };
  }

  /** @throws what the contract forbids: two calls at once, and one after the end. */
  async #call<T>(name: string, effect: () => T): Promise<T> {
    if (this.#isBusy || this.isClosed) throw new Error(`${name} at the wrong time`);
    this.calls.push(name);
    this.#isBusy = true;
    try {
      await (this.#held ?? Promise.resolve());
      const fault = this.faults.length > 0 ? this.faults.shift() : this.fault;
      if (fault !== null && fault !== undefined) throw new FirewallError(fault, `${fault} for a test`);
      return effect();
    } finally {
      this.#isBusy = false;
    }
  }
}

import { type Finding, type Severity, severityRank } from '../domain/finding.js';
import type { Alert, AlertCounts } from './alert.js';
import { Delivery, type DeliveryOptions } from './delivery.js';
import { type FindingText, findingText } from './finding-text.js';
import { countWords } from './plain-words.js';
import { Throttle } from './throttle.js';

/** What all alerts over HTTP are told alike. */
export interface HttpAlertOptions extends Omit<DeliveryOptions, 'name' | 'headers'> {
  /** Of this program. */
  readonly version: string;
  /** The least severity that is sent. */
  readonly severity: Severity;
}

/** How one kind of receiver is spoken to. */
export interface HttpDialect {
  readonly name: string;
  /** @param suppressed alerts that were held back before this one; the text says so already. */
  readonly encode: (finding: Finding, text: FindingText, suppressed: number) => object;
  /** Headers of its own, for each try. */
  readonly headers?: (body: string) => Readonly<Record<string, string>>;
}

/** Sends findings as JSON: severe ones only, none over and over, and again where a try fails. */
export class HttpAlert implements Alert {
  readonly name: string;
  readonly #leastRank: number;
  readonly #encode: HttpDialect['encode'];
  readonly #throttle: Throttle;
  readonly #delivery: Delivery;
  #suppressed = 0;

  constructor({ severity, version, ...options }: HttpAlertOptions, { name, encode, headers }: HttpDialect) {
    this.name = name;
    this.#leastRank = severityRank(severity);
    this.#encode = encode;
    this.#throttle = new Throttle(options.now === undefined ? {} : { now: options.now });
    const common = { 'content-type': 'application/json', 'user-agent': `asterisk-auth-stats/${version}` };
    this.#delivery = new Delivery({ ...options, name, headers: (body) => ({ ...common, ...headers?.(body) }) });
  }

  push(finding: Finding): void {
    const rank = severityRank(finding.severity);
    if (rank < this.#leastRank) return;
    const suppressed = this.#throttle.admit(finding);
    if (suppressed === null) this.#suppressed += 1;
    else this.#delivery.push(JSON.stringify(this.#encode(finding, textOf(finding, suppressed), suppressed)), rank);
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#delivery.run(signal);
  }

  counts(): AlertCounts {
    return { ...this.#delivery.counts(), suppressed: this.#suppressed };
  }
}

function textOf(finding: Finding, suppressed: number): FindingText {
  const { title, text } = findingText(finding);
  if (suppressed === 0) return { title, text };
  const were = suppressed === 1 ? 'was' : 'were';
  return { title, text: `${text} Before this ${countWords(suppressed, 'alert')} ${were} held back.` };
}

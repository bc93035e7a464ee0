// Expressions of PromQL for the series of docs/receivers.md, which are called the same by STATSD_DIALECT=dogstatsd and =prometheus.
import { tagged } from '../../src/metrics/dialects/tagged-series.js';

/** One metric, as text: `security_findings{rule="breach",pbx=~"$pbx"}`. */
export interface Selected {
  readonly selector: string;
  /** The names of the labels that the nodes became; a word of the metric's name is itself. */
  readonly nodes: readonly { readonly label: string | null; readonly word: string }[];
}

/** Whatever is chosen above. A series without the label `pbx` is chosen by All, whose value is `.*`. */
const CHOSEN_PBX = 'pbx=~"$pbx"';
/** Behind a node that is to be found again as a label. */
const MARK = 'marked';

/**
 * What the counter was raised by in the window that ends now, for each of its series.
 *
 * increase() alone is wrong for us: a series of StatsD begins with its first event, not with 0, so that increase() sees
 * neither the first finding nor an attacker who came once; and it reckons up to the edges of the window. So: the greatest
 * value in the window less the last one before it, looked for in an hour lest a scrape that failed makes all series new;
 * the greatest value where there was none before, or a greater one, as after a restart of statsd_exporter. Only where the
 * restart lies in the window it is increase(), which is nearly right then. `at` is a modifier of PromQL.
 */
export function counted(selector: string, window: string, at = ''): string {
  const within = `${selector}[${window}]${at}`;
  const before = `last_over_time(${selector}[1h]${at} offset ${window})`;
  const greatest = `max_over_time(${within})`;
  return `(increase(${within}) and resets(${within}) > 0 or ${greatest} - ${before} >= 0 or ${greatest})`;
}

/** The same since the beginning of the range. Both windows reach as far back as the range is long. */
export function countedSinceStart(selector: string): string {
  const greatest = `max_over_time(${selector}[$__range])`;
  return `(${greatest} - last_over_time(${selector}[$__range] @ start()) >= 0 or ${greatest})`;
}

/**
 * The metrics that a plain name with `$service`, `$address`, `*` and `{a,b}` is about. `nodes` are counted as in
 * `Language`. One metric has several words of a label in one matcher. `isEveryPbx`: whatever is chosen.
 * @throws where a name has no such node
 */
export function select(pattern: string, nodes: readonly number[] = [], isEveryPbx = false): Selected[] {
  const metrics = new Map<string, { matchers: Map<string, Set<string>>; nodes: Selected['nodes'] }>();
  for (const plain of alternatives(pattern)) {
    const { name, tags } = parts(plain);
    const words = nodes.map((node) => nodeOf(plain, node));
    const metric = metrics.get(name) ?? { matchers: new Map<string, Set<string>>(), nodes: words };
    for (const [key, value] of tags) metric.matchers.set(key, (metric.matchers.get(key) ?? new Set()).add(value));
    metrics.set(name, metric);
  }
  return Array.from(metrics, ([name, { matchers, nodes }]) => {
    const text = [...Array.from(matchers, matcher).filter((one) => one !== ''), ...(isEveryPbx ? [] : [CHOSEN_PBX])];
    return { selector: `${name.replaceAll('.', '_')}${text.length === 0 ? '' : `{${text.join(',')}}`}`, nodes };
  });
}

/** `a.{b,c}` is `a.b` and `a.c`. */
function alternatives(pattern: string): string[] {
  const [, before = '', words, after = ''] = /^(.*?)\{([^}]+)\}(.*)$/.exec(pattern) ?? [];
  if (words === undefined) return [pattern];
  return words.split(',').flatMap((word) => alternatives(`${before}${word}${after}`));
}

/** What the dialects with tags make of the name; of them, the address is not in the name. */
function parts(plain: string) {
  const { name, tags } = tagged({ name: plain, endpoint: undefined, pbx: null });
  return { name, tags: plain.endsWith('.$address') ? [...tags, ['address', '$address'] as const] : tags };
}

function matcher([key, words]: readonly [string, ReadonlySet<string>]): string {
  const [word = '', ...more] = words;
  if (word === '*') return '';
  if (word === '$service') return `${key}=~"$service"`;
  return more.length === 0 ? `${key}="${word}"` : `${key}=~"${[word, ...more].join('|')}"`;
}

function nodeOf(plain: string, node: number): Selected['nodes'][number] {
  const words = [...plain.split('.'), 'count'];
  const word = words.at(node);
  if (word === undefined) throw new Error(`${plain} has no node ${node}`);
  if (/^(?:IPV|\$address)/.test(word)) return { label: 'address', word };
  const { tags } = parts(words.with(node, MARK).slice(0, -1).join('.'));
  return { label: tags.find(([, value]) => value === MARK)?.[0] ?? null, word };
}

import { findings, gaps, repairs } from './annotations.js';
import * as graphite from './graphite.js';
import type { Ask, Language } from './language.js';
import { address, DATA_SOURCE, dataSource, pbx, service } from './variables.js';

const { alias, counter, ROOT, summed } = graphite;

/** Graphite behind etsy statsd, with docker/graphite. */
export const GRAPHITE: Language = {
  name: 'graphite',
  gauge: (meter, label) => ask(graphite.gauge(meter, label)),
  gauges: (meter) => [ask(graphite.gauges(meter))],
  lacking: (gauge, other, label) => ask(alias(`diffSeries(${ROOT}.${gauge}, ${ROOT}.${other})`, label)),
  total: (meter, label) => ask(graphite.total(meter, label)),
  totals: (meter, node, ...more) => [ask(named(meter, node, more))],
  greatest: (meter, node, most) => ask(graphite.greatest(meter, node, most)),
  distinct: (meter, node, label) => ask(graphite.distinct(meter, node, label)),
  running: (meter, label) => ask(graphite.running(meter, label)),
  remainder: (meter, other, label) => ask(alias(summed(`diffSeries(${sum(meter)}, ${sum(other)})`), label)),
  transports: (addresses) => [
    ask(`aliasByNode(${summed(`groupByNode(${transport(summed(counter(addresses)))}, 0, 'sum')`)}, 0)`),
  ],
  everyPbx: () => EVERY_PBX.map(ask),
  variables: { dataSource, pbx, service, address },
  annotations: { findings, gaps, repairs },
  toAddress: (uid) => ({
    title: 'What ${__series.name} did',
    url: `/d/${uid}?\${pbx:queryparam}&\${ds:queryparam}&\${__url_time_range}&var-address=\${__series.name}`,
  }),
  words: {
    name: 'Graphite',
    forgets: 'at most the last two days, for which Graphite keeps them',
    keeps: 'Graphite keeps single addresses for two days',
    namesOfAddresses: ', as Graphite names them: family, transport, address with _ for dots and colons',
    transportNotSaid: 'not_said',
    everyPbx: 'Every PBX that writes into this Graphite, by its STATSD_PREFIX of up to two words',
    exactness: 'The total is exact at every zoom; the height of a bar depends on how much time it covers.',
    accounts: ['- the **annotations** on these panels (the exporter needs `GRAPHITE_EVENTS_URL`);'],
  },
};

const EVERY_PBX: readonly string[] = [
  alias(summed(`sumSeries(${summed('stats.counters.security.failed_auth.*.count.count')})`), '(no_prefix)'),
  `aliasByNode(${summed(`groupByNode(${summed('stats.counters.*.security.failed_auth.*.count.count')}, 2, 'sum')`)}, 0)`,
  `aliasByNode(${summed(`groupByNodes(${summed('stats.counters.*.*.security.failed_auth.*.count.count')}, 'sum', 2, 3)`)}, 0, 1)`,
];

function ask(target: string): Ask {
  return () => ({ datasource: DATA_SOURCE, target, textEditor: true });
}

/** By one word a sum; by two they are told apart already. */
function named(meter: string, node: number, more: readonly number[]): string {
  return more.length === 0
    ? graphite.totals(meter, node)
    : `aliasByNode(${summed(counter(meter))}, ${[node, ...more].join(', ')})`;
}

function sum(meter: string): string {
  return summed(`sumSeries(${summed(counter(meter))})`);
}

/** Each address under its transport, which Asterisk does not always say. */
function transport(addresses: string): string {
  const said = `aliasSub(${addresses}, '^.*\\.IPV[46]-([A-Z]+)-.*$', '\\1')`;
  return `aliasSub(${said}, '^.*\\.IPV[46]-.*$', 'not_said')`;
}

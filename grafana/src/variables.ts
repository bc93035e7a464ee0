import { ADDRESSES, counter, greatest } from './graphite.js';
import type { DataSourceRef, Variable } from './schema.js';

/** Whatever the variable `ds` says. */
export const DATA_SOURCE: DataSourceRef = { type: 'graphite', uid: '${ds}' };

const TREES = 'stats.{counters,gauges}';
/** Every exporter sends it with each flush, whatever it hears. `**` is any depth, none too; the tree of the gauges is small. */
const ALIVE = 'removeEmptySeries(stats.gauges.**.exporter.uptime_seconds)';

export const dataSource: Variable = { name: 'ds', label: 'Graphite', type: 'datasource', query: 'graphite' };

/**
 * The PBX, by its STATSD_PREFIX. Graphite itself makes `office stats.{counters,gauges}.office` of each exporter's name, text
 * and value, and `(no_prefix) stats.{counters,gauges}` of that without a prefix.
 */
export const pbx: Variable = {
  ...query(`aliasSub(${named()}, '^stats\\.gauges\\..*', '(no_prefix) ${TREES}')`, 'Metric Name'),
  name: 'pbx',
  label: 'PBX',
  description: 'By the STATSD_PREFIX of its exporter',
  regex: '/^(?<text>\\S+) (?<value>\\S+)$/',
  sort: 1,
  multi: false,
  includeAll: false,
  current: { text: '(no_prefix)', value: TREES },
};

export const service: Variable = {
  ...query('$pbx.security.events.*', 'Default'),
  name: 'service',
  label: 'Service',
  description: "Asterisk's own word: PJSIP, SIP (chan_sip), AMI, IAX2",
  regex: '',
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: '*',
  current: { text: 'All', value: '$__all' },
};

/** The worst of the range alone, since there may be a hundred thousand; any other can be typed in. */
export const address: Variable = {
  ...query(greatest(`security.failed_auth.*.${ADDRESSES}`, -2, 500), 'Metric Name'),
  name: 'address',
  label: 'Address',
  description: 'The 500 with the most failures in the range; type any other as Graphite names it: IPV4-UDP-203_0_113_9',
  regex: '',
  sort: 0,
  multi: false,
  includeAll: false,
  current: { text: '', value: '' },
};

/** All failures of the chosen address. */
export const OF_ADDRESS = counter('security.failed_auth.$service.$address');

function named(): string {
  return `aliasSub(${ALIVE}, '^stats\\.gauges\\.(.+)\\.exporter\\.uptime_seconds$', '\\1 ${TREES}.\\1')`;
}

function query(target: string, queryType: 'Default' | 'Metric Name') {
  return {
    type: 'query',
    datasource: DATA_SOURCE,
    query: { refId: 'A', target, queryType },
    definition: target,
    refresh: 2,
  } as const;
}

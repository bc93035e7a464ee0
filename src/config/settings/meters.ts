import { choice, host, meterPrefix, port, wholeNumber } from '../formats.js';
import type { Checked, SettingTree } from '../setting.js';

const EXPORTER = ['exporter'] as const;
const DAEMONS = ['exporter', 'blocker'] as const;

/** Where the meters go, and how many there may be. */
export const meterSettings = {
  statsd: {
    host: {
      env: 'STATSD_HOST',
      format: host,
      default: '127.0.0.1',
      readBy: ['exporter', 'blocker', 'replay'],
      doc: 'Host of the StatsD receiver, which is never banned',
    },
    port: { env: 'STATSD_PORT', format: port, default: 8125, readBy: DAEMONS, doc: 'Its port' },
    protocol: {
      env: 'STATSD_PROTOCOL',
      format: choice('udp', 'tcp'),
      default: 'udp',
      readBy: DAEMONS,
      doc: 'Protocol that it speaks',
    },
    prefix: {
      env: 'STATSD_PREFIX',
      format: meterPrefix,
      default: null,
      readBy: DAEMONS,
      doc: 'Comes before every meter name, with a dot after it',
    },
    meterType: {
      env: 'STATSD_METER_TYPE',
      format: choice('c', 'm'),
      default: 'c',
      readBy: DAEMONS,
      doc: 'Send meters as c, counters, which every receiver takes, or as m, which few take',
    },
    dialect: {
      env: 'STATSD_DIALECT',
      format: choice('graphite', 'graphite-tags', 'dogstatsd', 'telegraf', 'influx', 'prometheus'),
      default: 'graphite',
      readBy: DAEMONS,
      doc: 'How a meter names its service, address and such: see receivers.md; influx is telegraf',
    },
    packetBytes: {
      env: 'STATSD_PACKET_BYTES',
      format: wholeNumber(512, 65_507),
      unit: 'bytes',
      default: 1432,
      readBy: DAEMONS,
      doc: 'Longest datagram; 1432 fits an Ethernet frame',
    },
  },
  flushMs: {
    env: 'FLUSH_MS',
    format: wholeNumber(100, 60_000),
    unit: 'milliseconds',
    default: 1000,
    readBy: DAEMONS,
    doc: 'Time between two flushes',
  },
  addresses: {
    perFlush: {
      env: 'ADDRESSES_PER_FLUSH',
      format: wholeNumber(2, 100_000),
      default: 1000,
      readBy: EXPORTER,
      doc: 'Addresses with a meter of their own in one flush; the rest goes to other',
    },
    remembered: {
      env: 'ADDRESSES_REMEMBERED',
      format: wholeNumber(4, 1_000_000),
      default: 10_000,
      readBy: EXPORTER,
      doc: 'Addresses remembered over flushes; at least twice ADDRESSES_PER_FLUSH',
    },
  },
} as const satisfies SettingTree;

type Values = Checked<typeof meterSettings>;

export function meterFaults({ statsd, addresses }: Values): string[] {
  return [...refusedMeters(statsd), ...tooFewRemembered(addresses)];
}

/** The receivers that these dialects are for refuse the type m, and would drop what this program is there for. */
function refusedMeters({ dialect, meterType }: Values['statsd']): string[] {
  if (meterType !== 'm' || dialect === undefined || dialect === 'graphite' || dialect === 'graphite-tags') return [];
  return [
    `STATSD_METER_TYPE is m, which the receivers of STATSD_DIALECT=${dialect} refuse: set STATSD_METER_TYPE=c, or STATSD_DIALECT=graphite or graphite-tags`,
  ];
}

function tooFewRemembered({ perFlush, remembered }: Values['addresses']): string[] {
  if (perFlush === undefined || remembered === undefined || remembered >= 2 * perFlush) return [];
  return [
    `ADDRESSES_REMEMBERED is ${remembered}; it must be at least twice ADDRESSES_PER_FLUSH, which is ${perFlush}: change one of them`,
  ];
}

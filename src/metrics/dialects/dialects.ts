import type { Dialect } from './dialect.js';
import { dogstatsd } from './dogstatsd.js';
import { graphite } from './graphite.js';
import { graphiteTags } from './graphite-tags.js';
import { prometheus } from './prometheus.js';
import { telegraf } from './telegraf.js';

/** By the words of STATSD_DIALECT. */
export const DIALECTS = {
  graphite,
  'graphite-tags': graphiteTags,
  dogstatsd,
  telegraf,
  influx: telegraf,
  prometheus,
} as const satisfies Readonly<Record<string, Dialect>>;

export type DialectName = keyof typeof DIALECTS;

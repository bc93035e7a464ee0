import type { schema, Values } from './schema.js';
import type { Secret } from './secret.js';

/** Each text read strictly; undefined stands for a fault. */
export type Checked = Values<typeof schema, undefined>;

/** The same without a fault: everything is read, and what the source requires is there. */
export type Complete = Values<typeof schema> & {
  readonly ami: { readonly host: string; readonly username: string; readonly secret: Secret };
  readonly log: { readonly file: string };
};

/** The same for who needs no source: whether what it requires is there was not looked at. */
export type Sourceless = Omit<Complete, 'ami'> & {
  readonly ami: Omit<Complete['ami'], 'host'> & { readonly host: string | null };
};

/** The hosts that we talk with ourselves, which are never attackers. */
export function peersOf({ ami, statsd }: Sourceless): string[] {
  return ami.host === null ? [statsd.host] : [ami.host, statsd.host];
}

/** The hosts that we talk with ourselves, which are never attackers. */
export function peersOf({ ami, statsd }: Peers): string[] {
  return ami.host === null ? [statsd.host] : [ami.host, statsd.host];
}

/** Of the settings of whoever has an allowlist. */
interface Peers {
  readonly ami: { readonly host: string | null };
  readonly statsd: { readonly host: string };
}

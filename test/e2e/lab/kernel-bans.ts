import { execFileSync } from 'node:child_process';

/** An address or, of a socket, both. */
type Value = string | { readonly concat: readonly [address: string, port: number] };

interface Listing {
  readonly nftables: readonly {
    readonly set?: { readonly name: string; readonly elem?: readonly { readonly elem: { readonly val: Value } }[] };
  }[];
}

/** All IPv4 that stands in the sets of the blocker's table, where `inside` says: `10.1.2.3/32` and, of sockets, `10.1.2.3:5060`. */
export function bannedInKernel([ip = '', ...words]: readonly string[]): string[] {
  const listing = execFileSync(ip, [...words, 'nft', '-j', 'list', 'table', 'inet', 'asterisk_auth_stats'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    timeout: 10_000,
  });
  return (JSON.parse(listing) as Listing).nftables.flatMap(({ set }) => {
    const kind = /^v4_(\d+|sockets)$/.exec(set?.name ?? '')?.[1];
    return kind === undefined ? [] : (set?.elem ?? []).map(({ elem }) => textOf(elem.val, kind));
  });
}

function textOf(value: Value, length: string): string {
  return typeof value === 'string' ? `${value}/${length}` : value.concat.join(':');
}

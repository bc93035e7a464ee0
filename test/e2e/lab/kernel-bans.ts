import { execFileSync } from 'node:child_process';

interface Listing {
  readonly nftables: readonly {
    readonly set?: { readonly name: string; readonly elem?: readonly { readonly elem: { readonly val: string } }[] };
  }[];
}

/** All IPv4 that stands in the sets of the blocker's table, where `inside` says, each with the length of its set. */
export function bannedInKernel([ip = '', ...words]: readonly string[]): string[] {
  const listing = execFileSync(ip, [...words, 'nft', '-j', 'list', 'table', 'inet', 'asterisk_auth_stats'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    timeout: 10_000,
  });
  return (JSON.parse(listing) as Listing).nftables.flatMap(({ set }) => {
    const length = /^v4_(\d+)$/.exec(set?.name ?? '')?.[1];
    return length === undefined ? [] : (set?.elem ?? []).map(({ elem }) => `${elem.val}/${length}`);
  });
}

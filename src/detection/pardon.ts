import type { TargetFields } from '../domain/ban-target.js';
import type { Address } from '../domain/remote-address.js';
import { hostPrefix } from './ban-policy.js';
import { type BanRecord, newBan, type PlaceRecord, partOf, partPrefix } from './places.js';

/** Ends every ban that keeps out the address: of its place, of the sockets there, of its network and the part of that. */
export function pardon(place: PlaceRecord, address: Address, now: number): readonly TargetFields[] {
  const { host, key, family, network } = place;
  const ended: TargetFields[] = [];
  const end = (ban: BanRecord | undefined, ...targets: readonly TargetFields[]) => {
    if (ban === undefined) return;
    if (ban.until > now) ended.push(...targets);
    Object.assign(ban, newBan());
  };
  const single = { address: hostPrefix(host ?? address), port: null };
  // Its only address was banned alone, perhaps, before a second one was seen.
  if (host === null && family === 'IPV6') end(place.ban, { address: key, port: null }, single);
  else end(place.ban, single);
  for (const { ban, address: from, port } of place.sockets?.values() ?? [])
    end(ban, { address: hostPrefix(from), port });
  end(network.ban, { address: network.prefix, port: null });
  const part = partOf(address, family);
  if (part !== null) end(network.partBans?.get(part), { address: partPrefix(address), port: null });
  return ended;
}

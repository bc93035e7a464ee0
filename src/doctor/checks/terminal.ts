import { NEVER_BANNED } from '../../allowlist/never-banned.js';
import { ownAddresses } from '../../allowlist/own-addresses.js';
import type { ExporterConfig } from '../../config/load-config.js';
import { peersOf } from '../../config/peers.js';
import { AddressSet, parsePrefix } from '../../domain/address-set.js';
import { parseAddress } from '../../domain/remote-address.js';
import { type Result, resultsOf } from '../result.js';

/** Whether whoever types this could be banned. @param terminal SSH_CONNECTION or SSH_CLIENT. */
export function terminalResult(config: ExporterConfig, terminal: string | null): Result {
  const { good, mend, note } = resultsOf('allowlist');
  const address = parseAddress((terminal?.split(' ', 1)[0] ?? '').replace(/%.*/, ''));
  if (address === null) return good('this terminal is on this host, or does not say where it comes from');
  const entries = [...config.allowlist, ...peersOf(config), ...ownAddresses()].flatMap(
    (entry) => parsePrefix(entry) ?? [],
  );
  if (new AddressSet([...NEVER_BANNED, ...entries]).has(address))
    return good(`${address}, where you sit, is on the allowlist`);
  const seen = `${address}, where you sit, is not on the allowlist`;
  const why = 'A phone behind it with an old password could lock you out.';
  const fix = { where: 'settings', text: `ALLOWLIST=${[...config.allowlist, address].join(',')}` } as const;
  return config.decision.socket === null ? note(seen, why, fix) : mend(seen, why, fix);
}

import { addressVerdict, type Rule } from '../rule.js';

/** One account, one address, a steady period: a device that was given no new password, or a trunk's keepalive. Never banned. */
export function staleCredentials(): Rule {
  return {
    name: 'stale_credentials',
    onAttempt: ({ address, pair, isStale }) =>
      isStale && pair !== null
        ? { ...addressVerdict(address, 'info', null, 1), since: pair.firstAt, attempts: pair.failures }
        : null,
  };
}

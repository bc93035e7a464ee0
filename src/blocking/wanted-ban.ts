import { type Ban, type BanRequest, banOf, FACT_KEYS, readBanFacts } from '../domain/ban.js';
import { type BanTarget, canonicalTarget, fieldsText, targetFields, targetText } from '../domain/ban-target.js';
import { detached } from '../text/detached.js';

/** A ban that should be in force. A longer one takes the place of another one; none is ever changed. */
export interface WantedBan {
  /** The target's text, which names the ban everywhere: here, in the store, in the kernel's listing. */
  readonly key: string;
  readonly target: BanTarget;
  readonly ban: Ban;
}

/**
 * What is asked for, kept without the line that its texts were cut from.
 * @param now milliseconds since the Unix epoch.
 * @throws RangeError for a request that no codec of ours lets through.
 */
export function wantedBan(request: BanRequest, now: number): WantedBan {
  const { target, reason, pbx } = request;
  const kept = {
    target: { ...target, address: detached(target.address) as BanTarget['address'] },
    reason: detached(reason),
    pbx: pbx === null ? null : detached(pbx),
  };
  const ban = banOf({ ...request, ...kept }, now);
  return { key: fieldsText(ban), target: kept.target, ban };
}

/**
 * A record of the store. Nothing in it is trusted: the target ends up in the text that the firewall is told.
 * @returns null for everything that we do not write.
 */
export function savedBan(key: string, value: unknown): WantedBan | null {
  const target = canonicalTarget(key);
  if (target === null || !isRecord(value) || Object.keys(value).length !== FACT_KEYS.length) return null;
  const facts = readBanFacts(value);
  return facts === null ? null : { key, target, ban: { ...targetFields(target), ...facts } };
}

/** A ban that only the kernel still knows. @param seconds that it has left. */
export function adoptedBan(target: BanTarget, seconds: number, now: number): WantedBan {
  const kept = { ...target, address: detached(target.address) as BanTarget['address'] };
  const facts = { since: now, until: now + seconds * 1000, pbx: null, attempts: null };
  const ban: Ban = { ...targetFields(kept), ...facts, origin: 'kernel', reason: 'found in the firewall' };
  return { key: targetText(kept), target: kept, ban };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

import type { BanRequest, HeldBan } from '../../src/blocking/held-ban.js';
import { type Prefix, parsePrefix, prefixText } from '../../src/domain/address-set.js';
import type { Ban } from '../../src/domain/ban.js';
import type { Log } from '../../src/domain/log.js';

/** @throws for what is no prefix. */
export function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === null) throw new Error(`${text} is no prefix`);
  return prefix;
}

export function requestOf(text: string, changes: Partial<BanRequest> = {}): BanRequest {
  return {
    prefix: prefixOf(text),
    seconds: 3600,
    origin: 'decision',
    reason: 'brute_force',
    pbx: 'pbx-1',
    attempts: 12,
    ...changes,
  };
}

/** A ban from 0 to 1,000 seconds after the epoch. */
export function heldOf(text: string, changes: Partial<Ban> = {}): HeldBan {
  const prefix = prefixOf(text);
  const ban: Ban = {
    address: prefixText(prefix),
    since: 0,
    until: 1_000_000,
    origin: 'decision',
    reason: 'brute_force',
    pbx: 'pbx-1',
    attempts: 12,
    ...changes,
  };
  return { prefix, ban, isEnforced: false, packets: null };
}

/** What was logged at info and above: its level, message and fields. */
export function keptLog() {
  const lines: { readonly level: string; readonly message: string; readonly fields: object }[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields });
  };
  const log: Log = { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
  return { log, lines, of: (level: string) => lines.filter((line) => line.level === level) };
}

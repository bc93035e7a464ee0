import type { WantedBan } from '../../src/blocking/wanted-ban.js';
import type { Ban, BanRequest } from '../../src/domain/ban.js';
import { type BanTarget, parseTarget, targetFields, targetText } from '../../src/domain/ban-target.js';
import type { Log } from '../../src/domain/log.js';

/** @throws for what is no target. */
export function targetOf(text: string): BanTarget {
  const target = parseTarget(text);
  if (target === null) throw new Error(`${text} is no target`);
  return target;
}

export function requestOf(text: string, changes: Partial<BanRequest> = {}): BanRequest {
  return {
    target: targetOf(text),
    seconds: 3600,
    origin: 'decision',
    reason: 'brute_force',
    pbx: 'pbx-1',
    attempts: 12,
    ...changes,
  };
}

/** A ban from 0 to 1,000 seconds after the epoch. */
export function wantedOf(text: string, changes: Partial<Ban> = {}): WantedBan {
  const target = targetOf(text);
  const ban: Ban = {
    ...targetFields(target),
    since: 0,
    until: 1_000_000,
    origin: 'decision',
    reason: 'brute_force',
    pbx: 'pbx-1',
    attempts: 12,
    ...changes,
  };
  return { key: targetText(target), target, ban };
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

import type { AddressRecord, Pair } from './records.js';

/** Whether this account has logged in from this address within the time that trust lasts. */
export function isTrusted(pair: Pair, now: number, trustMs: number): boolean {
  return pair.successAt > now - trustMs;
}

/**
 * How many accounts the address is trusted for, each counted less the longer ago its last login is. An office of twenty
 * phones has twenty, whoever owns a single account has one.
 */
export function trustOf(address: AddressRecord, now: number, trustMs: number): number {
  let trust = 0;
  for (let pair = address.pairs; pair !== null; pair = pair.next) {
    if (isTrusted(pair, now, trustMs)) trust += 1 - Math.max(0, now - pair.successAt) / trustMs;
  }
  return trust;
}

/** Accounts that fail at this address and are not trusted there. */
export function failingStrangers(address: AddressRecord, now: number, trustMs: number): number {
  let strangers = 0;
  for (let pair = address.pairs; pair !== null; pair = pair.next) {
    if (pair.failures > 0 && !isTrusted(pair, now, trustMs)) strangers++;
  }
  return strangers;
}

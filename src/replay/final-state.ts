import type { Limits } from '../detection/limits.js';
import type { PlaceRecord } from '../detection/places.js';
import { partOf } from '../detection/places.js';
import { fieldsText } from '../domain/ban-target.js';
import type { Address } from '../domain/remote-address.js';
import { type PlaceNumbers, placeNumbers } from './place-numbers.js';

/** What is remembered of an address at the end: of its place, that is. */
export interface FinalState {
  /** Milliseconds since the Unix epoch, as all times here. */
  readonly at: number;
  readonly place: PlaceNumbers;
  /** What some of its numbers are held against. */
  readonly limits: Pick<Limits, 'guesses' | 'sprayAccounts' | 'names' | 'probes'>;
  /** Guesses of strangers, and all that failed, since the place was first seen. */
  readonly attempts: number;
  readonly failures: number;
  /** The last login of somebody who lives there; null: never. */
  readonly residentAt: number | null;
  readonly isLivedIn: boolean;
  readonly bans: number;
  /** Null where it is not banned then. */
  readonly bannedUntil: number | null;
  /** Of the network that it is in, or of the part of it. */
  readonly networkBannedUntil: number | null;
  /** Sockets of it that are banned then. */
  readonly socketBans: readonly { readonly target: string; readonly until: number }[];
  readonly isAllowed: boolean;
}

export interface FinalFacts extends Pick<FinalState, 'at' | 'limits' | 'isAllowed' | 'isLivedIn'> {
  readonly address: Address;
  readonly record: PlaceRecord;
}

export function finalState({ address, record, at, limits, ...facts }: FinalFacts): FinalState {
  const { guesses, sprayAccounts, names, probes } = limits;
  const { attempts, failures, residentAt, ban } = record;
  return {
    at,
    place: placeNumbers(record, at),
    limits: { guesses, sprayAccounts, names, probes },
    attempts,
    failures,
    residentAt: residentAt === 0 ? null : residentAt,
    bans: ban.count,
    bannedUntil: ban.until > at ? ban.until : null,
    networkBannedUntil: networkBannedUntil(record, address, at),
    socketBans: socketBans(record, address, at),
    ...facts,
  };
}

function networkBannedUntil({ network, family }: PlaceRecord, address: Address, at: number): number | null {
  const part = partOf(address, family);
  const partUntil = part === null ? 0 : (network.partBans?.get(part)?.until ?? 0);
  const until = Math.max(network.ban.until, partUntil);
  return until > at ? until : null;
}

function socketBans({ sockets }: PlaceRecord, address: Address, at: number): FinalState['socketBans'] {
  return [...(sockets?.values() ?? [])]
    .filter((socket) => socket.address === address && socket.ban.until > at)
    .map(({ port, ban }) => ({ target: fieldsText({ address, port }), until: ban.until }));
}

import { Admission } from '../../src/blocking/admission.js';
import { Tally } from '../../src/blocking/tally.js';
import { WantedBans } from '../../src/blocking/wanted-bans.js';
import { type BanFacts, banFacts } from '../../src/domain/ban.js';
import { FakeFriends } from './fake-friends.js';
import { keptLog } from './fixtures.js';

/** Wanted bans without an enforcer, and all that happens to them. */
export function newWanted(bansMax = 10) {
  const friends = new FakeFriends();
  /** What the store was told to write, as it was then: null for a deletion. */
  const saved: (readonly [key: string, facts: BanFacts | null])[] = [];
  const gone: string[] = [];
  const tally = new Tally();
  const log = keptLog();
  const mark = (key: string) => {
    const known = wanted.get(key);
    saved.push([key, known === undefined ? null : banFacts(known.ban)]);
    return true;
  };
  const wanted: WantedBans = new WantedBans({
    admission: new Admission({ friends, bansMax, bansPerMinute: 1 }),
    bansMax,
    saver: { mark, save: async (key) => mark(key) },
    friends,
    tally,
    log: log.log,
    onGone: (key) => gone.push(key),
  });
  return { wanted, friends, saved, gone, tally, log };
}

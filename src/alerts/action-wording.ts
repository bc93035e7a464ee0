import type { FindingAction } from '../domain/finding.js';
import { loggingIn } from './evidence-wording.js';
import { around } from './phrases.js';
import type { Told } from './told.js';

/** What was done. Who bans is another program: all that is known here is what was decided. */
export const actionWording = {
  ban: (told) => {
    const { banTarget, banDuration, isSocketBan } = told;
    const length = banDuration === null ? '' : ` for ${banDuration}`;
    const only = isSocketBan ? ': its address and port only; other devices at the address are not affected' : '';
    return `A ban of ${banTarget ?? sender(told)}${length} was decided${only}.`;
  },
  already_banned: (told) => `There is no new ban: one that covers ${sender(told)} was decided before.`,
  none: ({ severity }) => (severity === 'info' ? '' : 'No ban was decided on this.'),
  allowlisted: (told) => `There is no ban: ${friend(told)} never banned.`,
  lived_in: ({ address, count }) => {
    const residents = count('residents');
    const others = residents > 0 ? loggingIn(residents, address) : `others may log in from ${around(address)}`;
    return `There is no ban: ${others}, so only a socket could be banned, and none could be told to be the attacker's alone.`;
  },
  unproven: () =>
    `There is no ban: no handshake proves that the address is the sender's, and BAN_UNPROVEN=never is set.`,
  unproven_cap: () => 'There is no ban: this minute has as many bans on unproven evidence as it may.',
} satisfies Record<FindingAction, (told: Told) => string>;

function sender({ kind }: Told): string {
  return kind === 'pbx' ? 'the last of them' : 'the sender';
}

/** A /64 is spared for each friend in it. */
function friend(told: Told): string {
  const { address } = told;
  if (address === null) return `${sender(told)} is`;
  return address.includes(':') ? `${around(address)} holds an address that is` : `${address} is`;
}

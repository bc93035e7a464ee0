import type { EvidenceName, RuleName } from '../domain/finding.js';
import {
  bruteForce,
  distributedAccount,
  distributedNetwork,
  enumeration,
  honeypot,
  lowAndSlow,
  passwordSpray,
  persistent,
  staleCredentials,
  unknownTrunk,
} from './attack-stories.js';
import { loginStory } from './login-stories.js';
import { outage, storm, unprovenFlood } from './pbx-stories.js';
import { around } from './phrases.js';
import type { Story } from './story.js';
import type { Told } from './told.js';

/** How a finding is told. */
export function storyOf(told: Told): Story {
  return stories[told.rule](told);
}

const stories = {
  breach: loginStory,
  brute_force: () => bruteForce,
  enumeration: () => enumeration,
  password_spray: () => passwordSpray,
  distributed: ({ kind }) => (kind === 'account' ? distributedAccount : distributedNetwork),
  low_and_slow: () => lowAndSlow,
  trusted_at_risk: notBanned,
  stale_credentials: () => staleCredentials,
  honeypot: () => honeypot,
  unknown_trunk: () => unknownTrunk,
  outage: () => outage,
  storm: () => storm,
  unproven_flood: () => unprovenFlood,
} satisfies Record<RuleName, (told: Told) => Story>;

/** What would have been banned if it hurt nobody else: as the rule tells it that found it, and what to do instead. */
function notBanned(told: Told): Story {
  const cause = causeOf(told);
  const next = cause.isLogin ? cause.story.next : findDevice;
  return { ...cause.story, title: (of) => `${cause.story.title(of)} (not banned)`, next };
}

/** The evidence by which a rule is known. */
const CAUSES: readonly [EvidenceName, RuleName][] = [
  ['honeypot', 'honeypot'],
  ['first_login', 'breach'],
  ['new_network', 'breach'],
  ['guesses_at_others', 'breach'],
  ['guesses_nearby', 'breach'],
  ['burst', 'breach'],
  ['sockets', 'brute_force'],
  ['pace', 'brute_force'],
  ['spread', 'password_spray'],
  ['names', 'enumeration'],
  ['probes', 'enumeration'],
  ['shared_accounts', 'distributed'],
];

function causeOf(told: Told): { readonly story: Story; readonly isLogin: boolean } {
  const [, rule] = CAUSES.find(([name]) => told.count(name) > 0) ?? [];
  if (rule !== undefined) return { story: stories[rule](told), isLogin: rule === 'breach' };
  if (told.count('attackers') === 0) return { story: persistent, isLogin: false };
  return { story: told.kind === 'account' ? distributedAccount : lowAndSlow, isLogin: false };
}

function findDevice({ address, account }: Told): string {
  const who = address === null ? 'its address' : around(address);
  const last = account === null ? '' : ` (it was ${account} last)`;
  return (
    `Find the device that fails there${last}. If it is an attacker whose port changes, let the site stop them or block them at ` +
    `its NAT, or ban ${who} by hand (asterisk-auth-stats bans add), with all who log in from there. Name ${who} in ALLOWLIST ` +
    'if it must never be banned.'
  );
}

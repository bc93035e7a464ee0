// Bursts of a real Asterisk: each guess counts once, who guesses is told with their true number, and a good phone never is.
import t, { type Test } from 'tap';
import { loginAmi } from './driver/ami-login.js';
import { accept, guess, numbers, refuse, registerWithOldNonce, reuseNonce } from './driver/guesses.js';
import type { SipTarget } from './driver/sip-connection.js';
import { type Asterisk, type AsteriskVersion, startAsterisk } from './lab/asterisk.js';
import { besiege, FRIENDS } from './lab/besieged.js';

interface Scenario {
  readonly versions: readonly AsteriskVersion[];
  readonly attack: (asterisk: Asterisk) => Promise<void>;
  /** As a person counts them. */
  readonly attempts: Readonly<Partial<Record<'PJSIP' | 'SIP' | 'AMI', number>>>;
  /** Without `trusted_at_risk`, which every guesser of loopback is told as at half the points of the others. */
  readonly findings: readonly string[];
  readonly malformed?: number;
  /** The last one's, as the operator reads it. */
  readonly title?: string;
}

const BOTH = [22, 16] as const;
const SVWAR_PORT = 5071;

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'an enumeration, as svwar does it, through one socket: each name is a request, also that of an extension that exists':
    {
      versions: BOTH,
      attack: async (asterisk) => {
        const svwar = { ...pjsip(asterisk, 11), fromPort: SVWAR_PORT };
        const users = [...numbers(20, 900), 103, ...numbers(10, 920)];
        for (const user of users) await refuse(svwar, `${user}`);
      },
      attempts: { PJSIP: 31 },
      findings: ['warning enumeration 127.0.0.11: 12, allowlisted'],
    },
  'passwords at one account, as svcrack tries them: each with a Call-ID of its own': {
    versions: BOTH,
    attack: (asterisk) => guess(pjsip(asterisk, 12), '103', 30),
    attempts: { PJSIP: 30 },
    // Faster than a device: no old password, and an attack from the thirtieth on.
    findings: ['warning brute_force 127.0.0.12: 30, allowlisted'],
  },
  'passwords with one nonce and one Call-ID, at a user who exists and at one who does not': {
    versions: BOTH,
    attack: async (asterisk) => {
      await reuseNonce(pjsip(asterisk, 13), '103', 10);
      await reuseNonce(pjsip(asterisk, 13), 'nobody', 10);
    },
    // Ten answers within a dialog may be those of one try of a device: each fourth counts.
    attempts: { PJSIP: 6 },
    findings: [],
  },
  'unknown users who answer the challenge: three failures a guess': {
    versions: BOTH,
    attack: async (asterisk) => {
      for (const n of numbers(12, 900)) await refuse(pjsip(asterisk, 14), `${n}`, { password: 'guess' });
    },
    attempts: { PJSIP: 12 },
    // A fleet of phones has ten minutes to show that it repeats itself.
    findings: [],
  },
  'packets that are sent three times': {
    versions: BOTH,
    attack: async (asterisk) => {
      await guess(pjsip(asterisk, 15), '103', 7, 3);
      await guess(pjsip(asterisk, 15), 'nobody', 7, 3);
      await accept(pjsip(asterisk, 26), '103', 3);
    },
    attempts: { PJSIP: 14 },
    // All addresses of loopback are neighbours: the good phone logs in next door to who guessed at its account.
    findings: ['warning breach 103: 7, none'],
  },
  'fifteen guesses at a time, and each packet three times': {
    versions: BOTH,
    attack: async (asterisk) => {
      // Of an address, the sixteen dialogs are remembered in which something came last.
      for (const first of [0, 15]) {
        const guesses = numbers(15, first).map((n) => ({ password: `guess-${n}`, copies: 3 }));
        await Promise.all(guesses.map((each) => refuse(pjsip(asterisk, 27), '103', each)));
      }
    },
    attempts: { PJSIP: 30 },
    findings: ['warning brute_force 127.0.0.27: 30, allowlisted'],
  },
  'two wrong passwords, then the right one': {
    versions: BOTH,
    attack: async (asterisk) => {
      await guess(pjsip(asterisk, 16), '103', 2);
      await accept(pjsip(asterisk, 16), '103');
    },
    attempts: { PJSIP: 2 },
    findings: [],
  },
  'a login after three failures': {
    versions: BOTH,
    attack: async (asterisk) => {
      await guess(pjsip(asterisk, 17), '103', 3);
      await accept(pjsip(asterisk, 17), '103');
    },
    attempts: { PJSIP: 3 },
    findings: ['info breach 103: 3, none'],
    title: 'Account 103 logged in from 127.0.0.17 after 3 guesses from there',
  },
  'a login after thirty failures': {
    versions: BOTH,
    attack: async (asterisk) => {
      await guess(pjsip(asterisk, 18), '103', 30);
      await accept(pjsip(asterisk, 18), '103');
    },
    attempts: { PJSIP: 30 },
    findings: ['warning brute_force 127.0.0.18: 30, allowlisted', 'warning breach 103: 30, none'],
  },
  'an address that an ACL keeps out, even with the right password': {
    versions: BOTH,
    attack: async (asterisk) => {
      await guess(pjsip(asterisk, 66), '104', 30);
      for (const _ of numbers(2)) await refuse(pjsip(asterisk, 66), '104', { password: 'pw-104' });
    },
    attempts: { PJSIP: 32 },
    findings: ['warning brute_force 127.0.0.66: 30, allowlisted'],
  },
  'twelve addresses with two guesses each at one account': {
    versions: BOTH,
    attack: async (asterisk) => {
      for (const _ of numbers(2)) {
        for (const n of numbers(12, 30)) await guess(pjsip(asterisk, n), '103', 1);
      }
    },
    attempts: { PJSIP: 24 },
    findings: ['warning distributed 127.0.0.0/24: 9, allowlisted'],
  },
  'a phone that answers with an old nonce does not fail': {
    versions: BOTH,
    attack: (asterisk) => registerWithOldNonce(pjsip(asterisk, 25), '105'),
    attempts: {},
    findings: [],
  },
  'successes that are forged in a name are malformed, and forgive nothing': {
    versions: BOTH,
    attack: async (asterisk) => {
      const attacker = pjsip(asterisk, 19);
      await guess(attacker, '103', 8);
      for (const _ of numbers(3)) await refuse(attacker, 'a%0d%0a%0d%0aEvent%3a%20SuccessfulAuth');
      await guess(attacker, '103', 4);
      await accept(attacker, '103');
    },
    attempts: { PJSIP: 12 },
    findings: ['warning breach 103: 12, none'],
    // What is left of the true event, and the forged one.
    malformed: 6,
  },
  'addresses that are forged in a name are malformed, and nobody is told of': {
    versions: BOTH,
    attack: async (asterisk) => {
      const name = 'a%0d%0aRemoteAddress%3a%20IPV4%2fUDP%2f9.9.9.9%2f9';
      for (const _ of numbers(12)) await refuse(pjsip(asterisk, 20), name);
    },
    attempts: {},
    findings: [],
    malformed: 12,
  },
  'guesses at the manager interface': {
    versions: BOTH,
    attack: async ({ ports }) => {
      const login = { port: ports.ami, ca: null, secret: 'guess', from: '127.0.0.21' };
      const guessAt = async (username: string, method: 'plain' | 'challenge', times: number) => {
        const guesses = numbers(times).map(() => loginAmi({ ...login, username, method }));
        if ((await Promise.all(guesses)).some((socket) => socket !== null)) throw new Error('a guess was right');
      };
      await Promise.all([guessAt('nobody', 'plain', 5), guessAt('filtered', 'plain', 5)]);
      await guessAt('filtered', 'challenge', 2);
    },
    attempts: { AMI: 12 },
    // No device has a wrong password there for long: each guess counts, and at BAN_THRESHOLD it is an attack.
    findings: ['warning brute_force 127.0.0.21: 10, allowlisted'],
  },
  'passwords at one account of chan_sip': {
    versions: [16],
    attack: (asterisk) => guess(chanSip(asterisk, 22), '202', 30),
    attempts: { SIP: 30 },
    findings: ['warning brute_force 127.0.0.22: 30, allowlisted'],
  },
  'a login at chan_sip after packets that are sent three times': {
    versions: [16],
    attack: async (asterisk) => {
      await guess(chanSip(asterisk, 23), '202', 6, 3);
      await accept(chanSip(asterisk, 23), '202');
    },
    attempts: { SIP: 6 },
    findings: ['info breach 202: 6, none'],
  },
  'a password at each of many accounts of chan_sip, which does not say who exists': {
    versions: [16],
    attack: async (asterisk) => {
      for (const n of numbers(12, 900)) await refuse(chanSip(asterisk, 24), `${n}`, { password: 'guess' });
    },
    attempts: { SIP: 12 },
    findings: [],
  },
};

for (const version of BOTH) {
  await t.test(`Asterisk ${version}`, { timeout: 120_000 }, async (t) => {
    const asterisk = await startAsterisk(version);
    t.teardown(asterisk.stop);
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      if (scenario.versions.includes(version)) await t.test(name, (t) => play(t, asterisk, scenario));
    }
  });
}

async function play(t: Test, asterisk: Asterisk, scenario: Scenario): Promise<void> {
  const { attack, attempts, findings, malformed, title } = scenario;
  const counted = Object.fromEntries(Object.entries(attempts).map(([service, sum]) => [`${service}.attempts`, sum]));
  const told = await besiege(asterisk, () => attack(asterisk), counted);
  t.comment(told.findings.join('; '), told.meters);
  t.strictSame(
    told.findings.filter((text) => !text.includes(' trusted_at_risk ')),
    findings,
    'what is told',
  );
  const meters = { ...counted, ...ruleMeters(told.findings), ...(malformed === undefined ? {} : { malformed }) };
  t.strictSame(told.meters, meters, 'what is counted');
  if (title !== undefined) t.equal(told.titles.at(-1), title);
  t.strictSame(
    FRIENDS.filter((friend) => told.named.has(friend)),
    [],
    'no good phone is named',
  );
}

function ruleMeters(findings: readonly string[]): Record<string, number> {
  const meters: Record<string, number> = {};
  for (const text of findings) {
    const name = `findings.${text.split(' ')[1]}`;
    meters[name] = (meters[name] ?? 0) + 1;
  }
  return meters;
}

/** The attackers have the addresses from 127.0.0.11 on, each scenario its own. */
function pjsip(asterisk: Asterisk, host: number): SipTarget {
  return asterisk.sip('udp', { from: `127.0.0.${host}` });
}

function chanSip(asterisk: Asterisk, host: number): SipTarget {
  return { ...pjsip(asterisk, host), port: asterisk.ports.chanSip };
}

// Who is not on loopback is banned: attackers with addresses of their own, behind a virtual cable.
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { numbers } from './driver/guesses.js';
import type { Siege, SiegeStep } from './driver/siege-process.js';
import { startAsterisk } from './lab/asterisk.js';
import { besiege, FRIENDS } from './lab/besieged.js';
import { makeNamespace } from './lab/namespace.js';

const SVWAR_PORT = 5071;
const GANG_PORTS = [5060, 5062];
/** From so many addresses of a network on that guess at the same account, they are one attacker. */
const SHARING = 8;
const CRACKED = ['103', '901', '902'];
const PROCESS = fileURLToPath(new URL('./driver/siege-process.js', import.meta.url));

const namespace = makeNamespace();
const skip = namespace === null && 'this machine lets nobody make a network namespace';
t.teardown(() => namespace?.remove());

await t.test(
  'attackers are banned: for long where their address is proven, shortly where not, and friends never',
  { skip },
  async (t) => {
    if (namespace === null) return;
    const { host, address } = namespace;
    const [cracker, lister, intruder, customer] = [10, 11, 12, 13].map(address) as [string, string, string, string];
    const gang = numbers(12, 20).map(address);
    const network = `${address(0)}/24`;
    const asterisk = await startAsterisk(22, {
      pjsip: ({ sip }) =>
        ['udp', 'tcp']
          .map((protocol) => `[${protocol}-cable]\ntype = transport\nprotocol = ${protocol}\nbind = ${host}:${sip}\n`)
          .join('\n'),
    });
    t.teardown(asterisk.stop);

    const udp = (kind: SiegeStep['kind'], from: string, user: string, fromPort?: number): SiegeStep => ({
      kind,
      from,
      user,
      transport: 'udp',
      ...(fromPort === undefined ? {} : { fromPort }),
    });
    const guesses = (times: number, from: string, user: string) => numbers(times).map(() => udp('guess', from, user));
    const steps: SiegeStep[] = [
      ...numbers(5).flatMap(() =>
        CRACKED.map((user) => ({ ...udp('guess', cracker, user), transport: 'tcp' as const })),
      ),
      ...guesses(30, intruder, '104'),
      udp('login', intruder, '104'),
      udp('login', customer, '103'),
      ...guesses(12, customer, '103'),
      udp('login', customer, '103'),
      ...GANG_PORTS.flatMap((port) => gang.map((from) => udp('guess', from, '105', port))),
      ...numbers(15, 900).map((user) => udp('ask', lister, `${user}`, SVWAR_PORT)),
    ];
    const attack = () => {
      const options = JSON.stringify({ host, port: asterisk.ports.sip, steps } satisfies Siege);
      return namespace.run([process.execPath, ...process.execArgv, PROCESS, options]);
    };
    const told = await besiege(asterisk, attack, { 'PJSIP.attempts': 15 + 30 + 12 + 24 + 15 });
    t.comment(told);
    t.strictSame(told.findings, [
      `warning brute_force ${cracker}: 7, none`,
      // Ten that no device makes: the first at each account might be one's.
      `warning brute_force ${cracker}: 13, ban`,
      `warning brute_force ${intruder}: 30, ban`,
      'critical breach 104: 30, already_banned',
      // Never seen before, and from next door to the cracker; at home from then on, where nobody guesses.
      'warning breach 103: 5, none',
      `warning distributed ${network}: 63, ban`,
      `warning enumeration ${lister}: 12, ban`,
    ]);
    t.strictSame(
      [...told.bans.keys()],
      [
        `${cracker}/32 for brute_force`,
        `${intruder}/32 for brute_force`,
        // Over UDP the socket is enough, until there is a second one.
        ...gang.slice(SHARING - 1).map((from) => `${from}:${GANG_PORTS[0]} for distributed`),
        ...gang.map((from) => `${from}/32 for distributed`),
        `${lister}:${SVWAR_PORT} for enumeration`,
      ],
    );
    for (const [ban, seconds] of told.bans) {
      // BAN_SECONDS and BAN_UNPROVEN_SECONDS, a tenth more or less.
      const about = ban.startsWith(cracker) ? 3600 : 600;
      t.ok(Math.abs(seconds - about) <= about / 10, `${ban}: ${seconds} s`);
    }
    t.equal(told.meters['decisions.ban'], told.bans.size);
    t.equal(told.meters['PJSIP.attempts'], 15 + 30 + 12 + 24 + 15);
    t.strictSame(
      FRIENDS.filter((friend) => told.named.has(friend)),
      [],
      'no good phone is named',
    );
  },
);

// Who is not on loopback is banned: attackers with addresses of their own, behind a virtual cable.
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { numbers } from './driver/guesses.js';
import type { Siege, SiegeStep } from './driver/siege-process.js';
import { startAsterisk } from './lab/asterisk.js';
import { besiege, FRIENDS } from './lab/besieged.js';
import { makeNamespace } from './lab/namespace.js';

const PROCESS = fileURLToPath(new URL('./driver/siege-process.js', import.meta.url));

const namespace = makeNamespace();
const skip = namespace === null && 'this machine lets nobody make a network namespace';
t.teardown(() => namespace?.remove());

await t.test('attackers are banned: for long where their address is proven, shortly where not', { skip }, async (t) => {
  if (namespace === null) return;
  const { host, address } = namespace;
  const [cracker, lister, intruder, customer] = [10, 11, 12, 13].map(address) as [string, string, string, string];
  const gang = numbers(12, 20).map(address);
  const asterisk = await startAsterisk(22, {
    pjsip: ({ sip }) =>
      ['udp', 'tcp']
        .map((protocol) => `[${protocol}-cable]\ntype = transport\nprotocol = ${protocol}\nbind = ${host}:${sip}\n`)
        .join('\n'),
  });
  t.teardown(asterisk.stop);

  const guesses = (times: number, from: string, user: string, transport: SiegeStep['transport'] = 'udp') =>
    numbers(times).map((): SiegeStep => ({ from, user, transport, kind: 'guess' }));
  const login = (from: string, user: string): SiegeStep => ({ from, user, transport: 'udp', kind: 'login' });
  const steps: SiegeStep[] = [
    ...guesses(15, cracker, '103', 'tcp'),
    ...numbers(12, 900).map((n): SiegeStep => ({ from: lister, user: `${n}`, transport: 'udp', kind: 'ask' })),
    ...guesses(30, intruder, '104'),
    login(intruder, '104'),
    login(customer, '103'),
    ...guesses(12, customer, '103'),
    login(customer, '103'),
    ...numbers(2).flatMap(() => gang.flatMap((from) => guesses(1, from, '105'))),
  ];
  const told = await besiege(asterisk, () => {
    const options = JSON.stringify({ host, port: asterisk.ports.sip, steps } satisfies Siege);
    return namespace.run([process.execPath, ...process.execArgv, PROCESS, options]);
  });
  t.comment(told);
  t.strictSame(told.findings, [
    `warning brute_force ${cracker}: 10, ban`,
    `warning enumeration ${lister}: 5, ban`,
    `warning brute_force ${intruder}: 10, ban`,
    'critical breach 104: 30, already_banned',
    'warning breach 103: 12, none',
    'warning distributed 105: 10, none',
  ]);
  t.strictSame(
    [...told.bans.keys()],
    [
      `${cracker}/32 for brute_force`,
      `${lister}/32 for enumeration`,
      `${intruder}/32 for brute_force`,
      ...gang.map((from) => `${from}/32 for distributed`),
    ],
  );
  for (const [ban, seconds] of told.bans) {
    // BAN_SECONDS and BAN_UNPROVEN_SECONDS, a tenth more or less.
    const about = ban.startsWith(cracker) ? 3600 : 600;
    t.ok(Math.abs(seconds - about) <= about / 10, `${ban}: ${seconds} s`);
  }
  t.equal(told.meters['decisions.ban'], 15);
  t.equal(told.meters['PJSIP.attempts'], 15 + 12 + 30 + 12 + 24);
  t.strictSame(
    FRIENDS.filter((friend) => told.named.has(friend)),
    [],
    'no good phone is named',
  );
});

import t from 'tap';
import { type FirewallChange, FirewallError, type FirewallFault } from '../../../src/blocking/firewall.js';
import { IptablesFirewall } from '../../../src/blocking/firewalls/iptables.js';
import { recordedLog } from '../../allowlist/fixtures.js';
import { FakeNetfilter } from './fake-netfilter.js';
import { targetOf } from './targets.js';

const JUMP = '-j ASTERISK_AUTH_STATS';
const RULES4 = [
  '-m set --match-set asterisk_auth_stats4 src -j DROP',
  '-m set --match-set asterisk_auth_stats4_sockets src,src -j DROP',
];
const RULES6 = RULES4.map((rule) => rule.replace('stats4', 'stats6'));
const NO_IPV6 = "can't initialize ip6tables table `raw': Table does not exist";

function newFirewall(netfilter = new FakeNetfilter()) {
  const log = recordedLog();
  const program = (name: string) => netfilter.program(name);
  const firewall = new IptablesFirewall({
    ipset: program('ipset'),
    standby: Object.assign(program('ipset'), { close: async () => void netfilter.runs.push('close') }),
    ipv4: { tables: program('iptables'), restore: program('iptables-restore') },
    ipv6: { tables: program('ip6tables'), restore: program('ip6tables-restore') },
    ports: null,
    log,
  });
  return { firewall, netfilter, log };
}

async function installed() {
  const all = newFirewall();
  await all.firewall.install();
  all.netfilter.runs.length = 0;
  return all;
}

/** Null where all is well. */
async function faultOf(run: Promise<unknown>): Promise<FirewallFault | null> {
  try {
    await run;
    return null;
  } catch (error) {
    if (error instanceof FirewallError) return error.fault;
    throw error;
  }
}

const add = (address: string, seconds = 60): FirewallChange => ({ kind: 'add', target: targetOf(address), seconds });
const remove = (address: string): FirewallChange => ({ kind: 'remove', target: targetOf(address) });

await t.test('both families get two sets, a chain that drops who is in it, and a jump in front of all', async (t) => {
  const { firewall, netfilter, log } = newFirewall();
  for (const table of [netfilter.ipv4, netfilter.ipv6]) table.rules('PREROUTING').push('-i docker0 -j ACCEPT');
  t.equal((await firewall.read()).isInstalled, false);
  await firewall.install();
  t.strictSame(
    [...netfilter.sets.keys()],
    ['asterisk_auth_stats4', 'asterisk_auth_stats4_sockets', 'asterisk_auth_stats6', 'asterisk_auth_stats6_sockets'],
  );
  t.strictSame(netfilter.ipv4.rules('ASTERISK_AUTH_STATS'), RULES4);
  t.strictSame(netfilter.ipv6.rules('ASTERISK_AUTH_STATS'), RULES6);
  for (const table of [netfilter.ipv4, netfilter.ipv6]) {
    t.strictSame(table.rules('PREROUTING'), [JUMP, '-i docker0 -j ACCEPT']);
  }
  t.equal((await firewall.read()).isInstalled, true);
  t.strictSame(log.lines, []);
});

await t.test('what is in place is only looked at, also by a blocker that begins anew', async (t) => {
  const { firewall, netfilter } = await installed();
  await firewall.apply([add('203.0.113.9'), add('2001:db8::/64')]);
  netfilter.runs.length = 0;
  const { firewall: next } = newFirewall(netfilter);
  await firewall.install();
  await next.install();
  t.notOk(
    netfilter.runs.some((run) => /restore|destroy/.test(run)),
    netfilter.runs.join('\n'),
  );
  t.strictSame([...(await next.read()).bans.keys()], ['203.0.113.9/32', '2001:db8::/64']);
});

await t.test('changes of both families are one run of ipset', async (t) => {
  const { firewall, netfilter } = await installed();
  await firewall.apply([add('203.0.113.9'), add('2001:db8::1', 5), add('203.0.113.0/24'), remove('203.0.113.9')]);
  t.strictSame(netfilter.runs, ['ipset restore -exist']);
  const { bans } = await firewall.read();
  t.strictSame(
    [...bans.values()].map(({ seconds, packets }) => [seconds, packets]),
    [
      [60, 0],
      [5, 0],
    ],
  );
  t.strictSame([...bans.keys()], ['203.0.113.0/24', '2001:db8::1/128']);
  await firewall.apply([remove('203.0.113.9')]);
  netfilter.runs.length = 0;
  await firewall.apply([]);
  t.strictSame(netfilter.runs, [], 'and no change is none');
});

await t.test('a socket is banned in both protocols, and beside its address', async (t) => {
  const { firewall, netfilter } = await installed();
  await firewall.apply([add('203.0.113.9:5062'), add('203.0.113.9'), add('[2001:db8::1]:5062', 5)]);
  t.strictSame(netfilter.runs, ['ipset restore -exist']);
  t.strictSame(
    [...netfilter.sets.values()].map(({ members }) => [...members.keys()]),
    [
      ['203.0.113.9/32'],
      ['203.0.113.9,tcp:5062', '203.0.113.9,udp:5062'],
      [],
      ['2001:db8::1,tcp:5062', '2001:db8::1,udp:5062'],
    ],
  );
  const seconds = async () => [...(await firewall.read()).bans].map(([key, ban]) => [key, ban.seconds]);
  t.strictSame(await seconds(), [
    ['203.0.113.9/32', 60],
    ['203.0.113.9:5062', 60],
    ['[2001:db8::1]:5062', 5],
  ]);
  netfilter.sets.get('asterisk_auth_stats4_sockets')?.members.delete('203.0.113.9,udp:5062');
  t.strictSame((await seconds())[1], ['203.0.113.9:5062', 0]);
  await firewall.apply([remove('203.0.113.9:5062'), remove('[2001:db8::1]:5062')]);
  t.strictSame(await seconds(), [['203.0.113.9/32', 60]]);
});

await t.test('what was dropped is the sum of all rules', async (t) => {
  const { firewall, netfilter } = await installed();
  netfilter.ipv4.counted = [3, 300];
  netfilter.ipv6.counted = [4, 4000];
  t.strictSame((await firewall.read()).dropped, { packets: 14, bytes: 8600 });
});

await t.test('a part that somebody takes away is missed, and put back with the bans as they are', async (t) => {
  const faults: Record<string, (netfilter: FakeNetfilter) => unknown> = {
    'the jump': ({ ipv4 }) => ipv4.rules('PREROUTING').pop(),
    'the jump of IPv6': ({ ipv6 }) => ipv6.rules('PREROUTING').pop(),
    'the rule': ({ ipv4 }) => ipv4.rules('ASTERISK_AUTH_STATS').pop(),
    'the rule of IPv6': ({ ipv6 }) => ipv6.rules('ASTERISK_AUTH_STATS').pop(),
    'chain and jump': ({ ipv4 }) => [ipv4.chains.delete('ASTERISK_AUTH_STATS'), ipv4.rules('PREROUTING').pop()],
    'the rule, for another one': ({ ipv4 }) => ipv4.rules('ASTERISK_AUTH_STATS').splice(0, 1, '-j RETURN'),
    'the rule, behind another one': ({ ipv4 }) => ipv4.rules('ASTERISK_AUTH_STATS').unshift('-j RETURN'),
  };
  for (const [name, fault] of Object.entries(faults)) {
    const { firewall, netfilter } = await installed();
    await firewall.apply([add('203.0.113.9')]);
    fault(netfilter);
    t.equal((await firewall.read()).isInstalled, false, name);
    await firewall.install();
    t.equal((await firewall.read()).isInstalled, true, name);
    t.strictSame(netfilter.ipv4.rules('PREROUTING'), [JUMP], name);
    t.strictSame(netfilter.ipv4.rules('ASTERISK_AUTH_STATS'), RULES4, name);
    t.ok((await firewall.read()).bans.has('203.0.113.9/32'), name);
  }
});

await t.test('a set that is gone is missed, made again and empty', async (t) => {
  const { firewall, netfilter } = await installed();
  netfilter.sets.delete('asterisk_auth_stats4_sockets');
  t.match(await firewall.read(), { isInstalled: false });
  t.equal(await faultOf(firewall.apply([add('203.0.113.9:5062')])), 'rejected');
  await firewall.install();
  netfilter.sets.delete('asterisk_auth_stats4');
  t.match(await firewall.read(), { isInstalled: false, bans: new Map() });
  t.equal(await faultOf(firewall.apply([add('203.0.113.9')])), 'rejected');
  await firewall.install();
  t.match(await firewall.read(), { isInstalled: true });
});

await t.test('a set of another kind that has our name is not ours, and gives way', async (t) => {
  for (const [name, isInUse] of [
    ['asterisk_auth_stats4', true],
    ['asterisk_auth_stats4', false],
    ['asterisk_auth_stats4_sockets', true],
    ['asterisk_auth_stats4_sockets', false],
  ] as const) {
    const { firewall, netfilter } = isInUse ? await installed() : newFirewall();
    const members = new Map([['203.0.113.9', 'timeout 5']]);
    netfilter.sets.set(name, { shape: 'hash:ip family inet', members });
    t.match(await firewall.read(), { isInstalled: false });
    t.equal((await firewall.read()).bans.size, 0);
    await firewall.install();
    t.match(await firewall.read(), { isInstalled: true });
    t.match(netfilter.sets.get(name)?.shape, /^hash:(net|ip,port) /);
  }
});

await t.test(
  'a rule of somebody else in front of the jump is no fault, and the next install is in front of it',
  async (t) => {
    const { firewall, netfilter } = await installed();
    netfilter.ipv4.rules('PREROUTING').unshift('-i lo -j ACCEPT');
    t.equal((await firewall.read()).isInstalled, true);
    await firewall.install();
    t.strictSame(netfilter.ipv4.rules('PREROUTING'), [JUMP, '-i lo -j ACCEPT']);
  },
);

await t.test('rules that iptables prints in other words than ours are ours once they are in place', async (t) => {
  const netfilter = new FakeNetfilter();
  const { list } = netfilter.ipv4;
  netfilter.ipv4.list = () => list.call(netfilter.ipv4).replace(' src ', ' SRC ');
  const { firewall } = newFirewall(netfilter);
  await firewall.install();
  t.equal((await firewall.read()).isInstalled, true);
  netfilter.runs.length = 0;
  await firewall.install();
  t.notOk(netfilter.runs.some((run) => run.includes('restore')));
});

await t.test('rules that were taken and are not there are a fault', async (t) => {
  for (const gone of ['PREROUTING', 'ASTERISK_AUTH_STATS']) {
    const { firewall, netfilter } = newFirewall();
    const restore = netfilter.ipv4.restore.bind(netfilter.ipv4);
    netfilter.ipv4.restore = (input) => {
      restore(input);
      netfilter.ipv4.rules(gone).pop();
    };
    await t.rejects(firewall.install(), { fault: 'rejected', message: /ASTERISK_AUTH_STATS/ });
  }
});

await t.test('uninstall leaves nothing of ours and all of the others', async (t) => {
  const { firewall, netfilter } = await installed();
  netfilter.sets.set('other', { shape: 'hash:ip', members: new Map() });
  netfilter.ipv4.rules('PREROUTING').push('-i lo -j ACCEPT', JUMP);
  await firewall.uninstall();
  t.strictSame([...netfilter.sets.keys()], ['other']);
  t.strictSame(
    [...netfilter.ipv4.chains],
    [
      ['PREROUTING', ['-i lo -j ACCEPT']],
      ['OUTPUT', []],
    ],
  );
  t.strictSame(
    [...netfilter.ipv6.chains],
    [
      ['PREROUTING', []],
      ['OUTPUT', []],
    ],
  );
  await firewall.uninstall();
  t.equal((await firewall.read()).isInstalled, false);
});

await t.test('where ip6tables does not work IPv4 is banned, IPv6 is not, and it is said once', async (t) => {
  for (const fault of ['rejected', 'no_program'] as const) {
    const { firewall, netfilter, log } = newFirewall();
    netfilter.faults.set('ip6tables', [fault, NO_IPV6]);
    await firewall.install();
    await firewall.install();
    await firewall.apply([add('2001:db8::1')]);
    await firewall.apply([add('203.0.113.9'), add('2001:db8::1'), remove('2001:db8::1')]);
    t.match(await firewall.read(), { isInstalled: true });
    t.strictSame([...(await firewall.read()).bans.keys()], ['203.0.113.9/32']);
    t.strictSame(
      [...netfilter.sets.keys()],
      ['asterisk_auth_stats4', 'asterisk_auth_stats4_sockets'],
      'nothing is left behind',
    );
    t.strictSame(log.lines, [['warn', { error: NO_IPV6 }, 'IPv6 is not banned: ip6tables does not work']]);
    await firewall.uninstall();
    t.equal(netfilter.sets.size, 0);
  }
});

await t.test('once ip6tables works what it needs is missed, and put in place', async (t) => {
  const { firewall, netfilter, log } = newFirewall();
  netfilter.faults.set('ip6tables', ['rejected', NO_IPV6]);
  await firewall.install();
  netfilter.faults.clear();
  t.equal((await firewall.read()).isInstalled, false);
  t.strictSame(log.lines[1], ['info', {}, 'IPv6 is banned again: ip6tables works']);
  await firewall.install();
  await firewall.apply([add('2001:db8::1')]);
  t.match(await firewall.read(), { isInstalled: true, bans: new Map([['2001:db8::1/128', { seconds: 60 }]]) });
  t.equal(log.lines.length, 2);
});

await t.test('that ip6tables may not or does not answer, or fails when it worked before, is a fault', async (t) => {
  for (const fault of ['not_permitted', 'timeout'] as const satisfies FirewallFault[]) {
    const { firewall, netfilter } = newFirewall();
    netfilter.faults.set('ip6tables', [fault, 'x']);
    t.equal(await faultOf(firewall.install()), fault);
  }
  const { firewall, netfilter } = await installed();
  netfilter.faults.set('ip6tables', ['rejected', 'x']);
  t.equal(await faultOf(firewall.install()), 'rejected');
  t.equal(await faultOf(firewall.read()), 'rejected');
  t.equal(await faultOf(firewall.uninstall()), 'rejected');
  const broken = newFirewall();
  broken.netfilter.faults.set('ip6tables', new Error('ours'));
  await t.rejects(broken.firewall.install(), { message: 'ours' });
});

await t.test('a fault of ipset or iptables fails what was asked for', async (t) => {
  const { firewall, netfilter } = await installed();
  netfilter.faults.set('ipset', ['timeout', 'x']);
  t.equal(await faultOf(firewall.apply([add('203.0.113.9')])), 'timeout');
  t.equal(await faultOf(firewall.read()), 'timeout');
  netfilter.faults.clear();
  netfilter.faults.set('iptables', ['no_program', 'x']);
  t.equal(await faultOf(firewall.read()), 'no_program');
  t.equal(await faultOf(firewall.install()), 'no_program');
});

await t.test('who may not is told what to do', async (t) => {
  const { firewall, netfilter } = newFirewall();
  netfilter.faults.set('iptables', [
    'rejected',
    'iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)',
  ]);
  await t.rejects(firewall.install(), {
    fault: 'not_permitted',
    message: /must be root\)\. iptables needs .*CAP_NET_RAW.*legacy takes root/,
  });
});

await t.test('and so is who may no longer, when he bans', async (t) => {
  const { firewall, netfilter } = await installed();
  netfilter.faults.set('ipset', ['rejected', 'ipset v7.17: Kernel error received: Operation not permitted']);
  await t.rejects(firewall.apply([add('203.0.113.9')]), { fault: 'not_permitted', message: /CAP_NET_RAW/ });
});

await t.test('closing ends the ipset that waits, and leaves all as it is', async (t) => {
  const { firewall, netfilter } = await installed();
  await firewall.close();
  t.strictSame(netfilter.runs, ['close']);
});

await t.test('iptables waits for a lock of somebody else, but not for ever', async (t) => {
  const { firewall, netfilter } = newFirewall();
  await firewall.install();
  const ofTables = netfilter.runs.filter((run) => !run.startsWith('ipset '));
  t.ok(
    ofTables.every((run) => run.includes(' -w 5 ')),
    ofTables.join('\n'),
  );
});

// Real packets against real bans: an attacker with several addresses, a server with nftables, and a container behind it.

import t, { type Test } from 'tap';
import type { FirewallChange } from '../../src/blocking/firewall.js';
import { NftablesFirewall, type NftablesOptions } from '../../src/blocking/firewalls/nftables.js';
import { systemProgram } from '../../src/blocking/firewalls/program.js';
import { Standby } from '../../src/blocking/firewalls/standby.js';
import { parseTarget } from '../../src/domain/ban-target.js';
import { PortRange } from '../../src/domain/port-range.js';
import { ATTACKER, type BanNetwork, CONTAINER, type Host, makeBanNetwork, PORTS, SERVER } from './lab/ban-network.js';
import { until } from './lab/until.js';

const COUNT = 5;
const network = await makeBanNetwork();
const skip = network === null && 'this machine lets nobody make a network namespace';
t.teardown(() => network?.remove());

/** nft in the server's namespace. */
function openFirewall(t: Test, { server }: BanNetwork, ports: NftablesOptions['ports'] = null): NftablesFirewall {
  const ip = { name: 'ip', packageName: 'iproute2' };
  const within = (args: readonly string[]) => ['netns', 'exec', server.name, 'nft', ...args];
  const program = systemProgram(ip);
  const standby = new Standby(ip, within(['-f', '-']));
  const firewall = new NftablesFirewall({
    program: { run: (args, input) => program.run(within(args), input) },
    standby: { run: (args, input) => standby.run(within(args), input), close: () => standby.close() },
    ports,
  });
  t.teardown(async () => {
    await firewall.uninstall();
    await firewall.close();
    server.run(['nft', 'flush', 'ruleset']);
  });
  return firewall;
}

function target(text: string) {
  const read = parseTarget(text);
  if (read === null) throw new Error(text);
  return read;
}
const add = (text: string, seconds = 600): FirewallChange => ({ kind: 'add', target: target(text), seconds });
const remove = (text: string): FirewallChange => ({ kind: 'remove', target: target(text) });

async function heardBy(host: Host, protocol: 'udp' | 'tcp', from: string): Promise<number> {
  return (await host.order({ kind: 'heard' }))?.[protocol][from] ?? 0;
}

/** How a flow is looked at: where it goes and who hears it. */
interface Way {
  readonly to?: string;
  readonly port?: number;
  readonly host?: Host;
}

const serverOf = (from: string) => {
  if (from.includes(':')) return from.startsWith('fd51:1:') ? SERVER.v6 : SERVER.otherV6;
  return from.startsWith('198.51.100.') ? SERVER.v4 : SERVER.otherV4;
};

function packets({ attacker, server }: BanNetwork, firewall: NftablesFirewall) {
  const send = (from: string, { to = serverOf(from), port = PORTS.sip }: Way) =>
    attacker.order({ kind: 'send', from, to, port, count: COUNT });
  const dropped = async () => (await firewall.read()).dropped.packets;
  return {
    dropped,
    /** The control: all of the datagrams arrive. */
    arrive: async (from: string, way: Way = {}) => {
      const host = way.host ?? server;
      const before = await heardBy(host, 'udp', from);
      await send(from, way);
      await until(`datagrams from ${from}`, async () =>
        (await heardBy(host, 'udp', from)) === before + COUNT ? true : null,
      );
    },
    /** The kernel has dropped as many as were sent, and nobody heard one. @returns how many came through */
    stop: async (from: string, way: Way = {}) => {
      const host = way.host ?? server;
      const before = await heardBy(host, 'udp', from);
      const droppedBefore = await dropped();
      await send(from, way);
      await until(`drops of ${from}`, async () => ((await dropped()) >= droppedBefore + COUNT ? true : null));
      return (await heardBy(host, 'udp', from)) - before;
    },
  };
}

await t.test('IPv4 and IPv6, UDP and TCP stop, established or not, and others do not', { skip }, async (t) => {
  if (network === null) return;
  const { attacker, server } = network;
  const firewall = openFirewall(t, network);
  const { arrive, stop } = packets(network, firewall);
  t.ok(
    server.run(
      ['nft', '-f', '-'],
      `table inet other {
        counter established {
        }
        chain input {
          type filter hook input priority filter; policy drop;
          ct state established counter name established accept
          meta l4proto { tcp, udp } th dport ${PORTS.sip} accept
          meta l4proto ipv6-icmp accept
        }
      }\n`,
    ),
  );
  const established = async () => {
    const listing = await systemProgram({ name: 'ip', packageName: 'iproute2' }).run([
      'netns',
      'exec',
      server.name,
      'nft',
      'list',
      'counter',
      'inet',
      'other',
      'established',
    ]);
    return Number(/packets (\d+)/.exec(listing)?.[1]);
  };
  await firewall.install();
  const [v4, friend] = ATTACKER.v4;
  const [v6, friend6] = ATTACKER.v6;
  for (const from of [v4, v6]) {
    await attacker.order({ kind: 'connect', from, to: serverOf(from), port: PORTS.sip });
    await attacker.order({ kind: 'write', from });
    await until(`the byte from ${from}`, async () => ((await heardBy(server, 'tcp', from)) === 1 ? true : null));
  }
  for (const from of [v4, v6, friend, friend6]) await arrive(from);
  const flowing = await established();
  for (const from of [v4, v6]) await arrive(from);
  t.ok((await established()) >= flowing + 2 * COUNT - 1, 'the flows are established');
  await firewall.apply([add(v4), add(v6)]);
  const banned = await established();
  for (const from of [v4, v6]) t.equal(await stop(from), 0, `no datagram from ${from}`);
  for (const from of [v4, v6]) {
    const before = (await firewall.read()).bans.get(from === v4 ? `${v4}/32` : `${v6}/128`)?.packets ?? 0;
    await attacker.order({ kind: 'write', from });
    await until(`a drop of ${from}`, async () => {
      const now = (await firewall.read()).bans.get(from === v4 ? `${v4}/32` : `${v6}/128`)?.packets ?? 0;
      return now > before ? true : null;
    });
    t.equal(await heardBy(server, 'tcp', from), 1, `no byte from ${from}`);
  }
  t.equal(await established(), banned, 'no packet of theirs gets as far as to the established ones');
  for (const from of [friend, friend6]) await arrive(from);
  await firewall.apply([remove(v4), remove(v6)]);
  for (const from of [v4, v6]) {
    await arrive(from);
    await until(`the late byte from ${from}`, async () => ((await heardBy(server, 'tcp', from)) === 2 ? true : null));
  }
});

await t.test('the counts are of what was sent', { skip }, async (t) => {
  if (network === null) return;
  const firewall = openFirewall(t, network);
  const { arrive, stop, dropped } = packets(network, firewall);
  const [one, two] = ATTACKER.v4;
  await firewall.install();
  await arrive(one);
  await firewall.apply([add(one), add(two)]);
  for (const from of [one, one, two]) t.equal(await stop(from), 0);
  const { bans } = await firewall.read();
  t.equal(bans.get(`${one}/32`)?.packets, 2 * COUNT);
  t.equal(bans.get(`${two}/32`)?.packets, COUNT);
  t.equal(await dropped(), 3 * COUNT);
  // IPv4, UDP and OPTIONS.
  t.equal((await firewall.read()).dropped.bytes, 3 * COUNT * (20 + 8 + 7));
  await firewall.install();
  t.equal((await firewall.read()).bans.get(`${one}/32`)?.packets, 2 * COUNT, 'an installation keeps them');
  t.equal(await dropped(), 3 * COUNT);
});

await t.test('what is published for a container stops, too', { skip }, async (t) => {
  if (network === null) return;
  const { server, container } = network;
  const firewall = openFirewall(t, network);
  const { arrive, stop } = packets(network, firewall);
  t.ok(
    server.run(
      ['nft', '-f', '-'],
      `table ip containers {
        chain prerouting {
          type nat hook prerouting priority dstnat
          udp dport ${PORTS.published} dnat to ${CONTAINER}:${PORTS.sip}
        }
      }\n`,
    ),
  );
  const [from, friend] = ATTACKER.v4;
  const way = { port: PORTS.published, host: container };
  await firewall.install();
  await arrive(from, way);
  await firewall.apply([add(from)]);
  t.equal(await stop(from, way), 0);
  await arrive(friend, way);
});

await t.test('a prefix stops its members, and a host in it has an end of its own', { skip }, async (t) => {
  if (network === null) return;
  const firewall = openFirewall(t, network);
  const { arrive, stop } = packets(network, firewall);
  const [host, member] = ATTACKER.v4;
  const [neighbour] = ATTACKER.otherV4;
  const [, member6] = ATTACKER.v6;
  const [neighbour6] = ATTACKER.otherV6;
  await firewall.install();
  for (const from of [host, member, neighbour, member6, neighbour6]) await arrive(from);
  await firewall.apply([add('198.51.100.0/24'), add(host), add('fd51:1::/64')]);
  for (const from of [host, member, member6]) t.equal(await stop(from), 0);
  for (const from of [neighbour, neighbour6]) await arrive(from);
  await firewall.apply([remove('198.51.100.0/24'), remove('fd51:1::/64')]);
  for (const from of [member, member6]) await arrive(from);
  t.equal(await stop(host), 0, 'the host is banned for itself');
  await firewall.apply([remove(host), add('198.51.100.0/23', 600), add(`${member}/32`, 1)]);
  await until('the end of the host', async () => ((await firewall.read()).bans.size === 1 ? true : null));
  for (const from of [host, member, neighbour]) t.equal(await stop(from), 0, `${from} is in a prefix of a new length`);
  t.equal((await firewall.read()).isInstalled, true);
});

await t.test('a ban ends by itself, and a longer one takes its place', { skip }, async (t) => {
  if (network === null) return;
  const firewall = openFirewall(t, network);
  const { arrive, stop } = packets(network, firewall);
  const [short, renewed] = ATTACKER.v4;
  await firewall.install();
  await firewall.apply([add(short, 2), add(renewed, 2)]);
  for (const from of [short, renewed]) t.equal(await stop(from), 0);
  await firewall.apply([add(renewed, 31_536_000)]);
  await until('the end of the short one', async () => ((await firewall.read()).bans.has(`${short}/32`) ? null : true));
  await arrive(short);
  t.equal(await stop(renewed), 0);
  const seconds = (await firewall.read()).bans.get(`${renewed}/32`)?.seconds ?? 0;
  t.ok(seconds > 31_535_900 && seconds <= 31_536_000, `${seconds}`);
});

await t.test('with ports only these stop', { skip }, async (t) => {
  if (network === null) return;
  const firewall = openFirewall(t, network, [
    new PortRange(PORTS.sip, PORTS.sip + 1),
    new PortRange(PORTS.sip, PORTS.sip),
    new PortRange(10_000, 20_000),
  ]);
  const { arrive, stop } = packets(network, firewall);
  await firewall.install();
  for (const [from] of [ATTACKER.v4, ATTACKER.v6] as const) {
    await arrive(from);
    await firewall.apply([add(from)]);
    t.equal(await stop(from), 0);
    await arrive(from, { port: PORTS.other });
  }
});

await t.test('whatever somebody takes away is noticed and put back', { skip }, async (t) => {
  if (network === null) return;
  const { server } = network;
  const firewall = openFirewall(t, network);
  const { arrive, stop } = packets(network, firewall);
  const [from] = ATTACKER.v4;
  const TABLE = 'inet asterisk_auth_stats';
  await firewall.install();
  await firewall.apply([add(from)]);
  t.equal(await stop(from), 0);
  const handle = async () => {
    const ip = systemProgram({ name: 'ip', packageName: 'iproute2' });
    const chain = ['nft', '-a', 'list', 'chain', ...`${TABLE} prerouting`.split(' ')];
    return /v4_32.*# handle (\d+)/.exec(await ip.run(['netns', 'exec', server.name, ...chain]))?.[1] ?? '';
  };
  const harms: [what: string, text: () => string | Promise<string>, isOpen: boolean][] = [
    ['the ruleset', () => 'flush ruleset', true],
    ['the table', () => `delete table ${TABLE}`, true],
    ['the chain', () => `flush chain ${TABLE} prerouting\ndelete chain ${TABLE} prerouting`, true],
    ['the rules', () => `flush chain ${TABLE} prerouting`, true],
    ['one rule', async () => `delete rule ${TABLE} prerouting handle ${await handle()}`, true],
    ['a rule in front', () => `insert rule ${TABLE} prerouting accept`, true],
    ['the policy', () => `add chain ${TABLE} prerouting { policy drop; }`, false],
    ['the table asleep', () => `add table ${TABLE} { flags dormant; }`, true],
  ];
  for (const [what, text, isOpen] of harms) {
    t.equal((await firewall.read()).isInstalled, true);
    t.ok(server.run(['nft', '-f', '-'], `${await text()}\n`), what);
    if (isOpen) await arrive(from);
    t.equal((await firewall.read()).isInstalled, false, `${what} is noticed`);
    await firewall.install();
    await firewall.apply([add(from)]);
    t.equal(await stop(from), 0, `${what} is repaired`);
    await arrive(ATTACKER.v4[1]);
  }
});

await t.test('an element that somebody takes away is missing in the reading', { skip }, async (t) => {
  if (network === null) return;
  const firewall = openFirewall(t, network);
  const [from, other] = ATTACKER.v4;
  await firewall.install();
  await firewall.apply([add(from), add(other)]);
  t.ok(network.server.run(['nft', `delete element inet asterisk_auth_stats v4_32 { ${from} }`]));
  const { bans, isInstalled } = await firewall.read();
  t.strictSame([...bans.keys()], [`${other}/32`]);
  t.equal(isInstalled, true);
  await firewall.apply([remove(from), add(from, 5), add(other, 5)]);
  t.equal((await firewall.read()).bans.size, 2);
});

await t.test(
  "the bans outlive us, and another life takes them over; a stranger's table becomes ours",
  { skip },
  async (t) => {
    if (network === null) return;
    const former = openFirewall(t, network);
    const [from, other] = ATTACKER.v4;
    await former.install();
    await former.apply([add(from), add('198.51.0.0/17')]);
    const firewall = openFirewall(t, network);
    const { arrive, stop } = packets(network, firewall);
    t.equal((await firewall.read()).isInstalled, false);
    t.equal((await firewall.read()).bans.size, 2);
    await firewall.install();
    t.equal(await stop(from), 0);
    t.equal((await firewall.read()).isInstalled, true);
    t.equal((await firewall.read()).bans.size, 2);
    await firewall.uninstall();
    await firewall.uninstall();
    await arrive(from);
    t.equal((await firewall.read()).isInstalled, false);
    t.equal((await firewall.read()).bans.size, 0);
    const strange = `table inet asterisk_auth_stats {
    set v4_32 { type ipv4_addr; flags interval; elements = { ${other} } }
    set v4_24 { type ipv4_addr; flags timeout; counter; elements = { 198.51.100.0 timeout 100s } }
    chain prerouting { type filter hook input priority 0; policy accept; }
  }\n`;
    t.ok(network.server.run(['nft', '-f', '-'], strange));
    await arrive(other);
    await firewall.install();
    t.strictSame([...(await firewall.read()).bans.keys()], ['198.51.100.0/24']);
    t.equal(await stop(other), 0);
  },
);

await t.test('who may not change the firewall is told what to do', { skip }, async (t) => {
  if (network === null) return;
  const run = systemProgram({ name: 'setpriv', packageName: 'util-linux' });
  const asNobody = ['--reuid', '65534', '--clear-groups', '--bounding-set', '-all', '--inh-caps', '-all'];
  const program = { run: (args: readonly string[], input?: string) => run.run([...asNobody, 'nft', ...args], input) };
  const firewall = new NftablesFirewall({ program, standby: { ...program, close: async () => {} }, ports: null });
  await t.rejects(firewall.install(), { message: /Operation not permitted.*CAP_NET_ADMIN/ });
});

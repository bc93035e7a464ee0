// IptablesFirewall and the real iptables, ipset and kernel: between a server and its attackers packets flow, or do not.
import { spawn, spawnSync } from 'node:child_process';
import t, { type Test } from 'tap';
import { type FirewallChange, FirewallError } from '../../src/blocking/firewall.js';
import { IptablesFirewall } from '../../src/blocking/firewalls/iptables.js';
import type { Program } from '../../src/blocking/firewalls/program.js';
import { parseTarget } from '../../src/domain/ban-target.js';
import { PortRange } from '../../src/domain/port-range.js';
import { type Echo, startEcho } from './driver/echo.js';
import { install } from './lab/place.js';
import { attackerOf, makeTwoHosts, SERVER, type TwoHosts } from './lab/two-hosts.js';
import { until } from './lab/until.js';

/** The two that a Debian has: over nf_tables, which is its default, and of old. */
const VARIANTS = ['nft', 'legacy'] as const;
type Variant = (typeof VARIANTS)[number];

const SIP = 5060;
const OTHER = 5062;
const PUBLISHED = 7000;
const MESSAGES = 5;
const JUMP = ['PREROUTING', '-j', 'ASTERISK_AUTH_STATS'];
const SET4 = 'asterisk_auth_stats4';

const attacker = attackerOf(1, 10);
const neighbour = attackerOf(1, 11);
const stranger = attackerOf(2, 10);
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const add = (address: string, seconds = 60): FirewallChange => ({ kind: 'add', target: targetOf(address), seconds });
const remove = (address: string): FirewallChange => ({ kind: 'remove', target: targetOf(address) });

function targetOf(text: string) {
  const target = parseTarget(text);
  if (target === null) throw new Error(`${text} is no target`);
  return target;
}

/** A server whose administrator lets in what is established, with the firewall of our own in front. */
class Lab {
  readonly #hosts: TwoHosts;
  readonly #echo: Echo;
  readonly #variant: Variant;

  constructor(hosts: TwoHosts, echo: Echo, variant: Variant) {
    this.#hosts = hosts;
    this.#echo = echo;
    this.#variant = variant;
  }

  firewall(ports: readonly PortRange[] | null = null, as: readonly string[] = []): IptablesFirewall {
    const tables = (name: string) => ({
      tables: this.#program(`${name}-${this.#variant}`, as),
      restore: this.#program(`${name}-${this.#variant}-restore`, as),
    });
    const ipset = this.#program('ipset', as);
    const standby = Object.assign(this.#program('ipset', as), { close: async () => {} });
    return new IptablesFirewall({
      ipset,
      standby,
      ipv4: tables('iptables'),
      ipv6: tables('ip6tables'),
      ports,
      log: silent,
    });
  }

  #program(name: string, as: readonly string[]): Program {
    return {
      run: (args, input) =>
        new Promise((resolve, reject) => {
          const child = spawn('ip', ['netns', 'exec', this.#hosts.server, ...as, name, ...args], { timeout: 20_000 });
          const output = { stdout: '', stderr: '' };
          child.stdout.on('data', (chunk) => (output.stdout += chunk));
          child.stderr.on('data', (chunk) => (output.stderr += chunk));
          child.stdin.on('error', () => {}).end(input);
          child.on('close', (code) => {
            if (code === 0) resolve(output.stdout);
            else reject(new FirewallError('rejected', `${name}: ${output.stderr}`));
          });
        }),
    };
  }

  /** Runs a program as the server's administrator. @returns what it wrote */
  administer(...command: readonly string[]): string {
    const args = ['netns', 'exec', this.#hosts.server, ...command];
    const { status, stdout, stderr } = spawnSync('ip', args, { encoding: 'utf8', timeout: 5000 });
    if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
    return stdout;
  }

  iptables(...args: readonly string[]): string {
    return this.administer(`iptables-${this.#variant}`, ...args);
  }

  /** All rules and sets, without what they counted. */
  everything(): string {
    const { administer } = { administer: this.administer.bind(this) };
    const rules = ['iptables', 'ip6tables'].map((name) => administer(`${name}-${this.#variant}-save`));
    return `${rules.join('')}${administer('ipset', 'list', '-name')}`.replace(/^#.*\n|\[\d+:\d+\]/gm, '');
  }

  async sees(t: Test, expected: number, { ipv4, ipv6 }: typeof attacker, what: string, port = SIP): Promise<void> {
    const calls = (['udp', 'tcp'] as const).flatMap((transport) => [
      { transport, from: ipv4, to: SERVER.ipv4, port, messages: MESSAGES },
      { transport, from: ipv6, to: SERVER.ipv6, port, messages: MESSAGES },
    ]);
    const echoes = await Promise.all(calls.map((call) => this.#echo.echoes(call, expected)));
    t.strictSame(echoes, [expected, expected, expected, expected], `${what}: UDP over IPv4 and IPv6, TCP over both`);
  }

  /** UDP of IPv4 alone, whose packets nobody sends again. */
  udp(from: string, expected: number, port = SIP): Promise<number> {
    return this.#echo.echoes({ transport: 'udp', from, to: SERVER.ipv4, port, messages: MESSAGES }, expected);
  }
}

async function inLab(t: Test, variant: Variant, run: (lab: Lab) => Promise<void>): Promise<void> {
  const hosts = makeTwoHosts();
  if (hosts === null) throw new Error('there was a network namespace, and now there is none');
  t.teardown(hosts.remove);
  const echo = await startEcho(hosts, [SIP, OTHER]);
  t.teardown(echo.stop);
  const lab = new Lab(hosts, echo, variant);
  for (const name of [`iptables-${variant}`, `ip6tables-${variant}`]) {
    lab.administer(name, '-A', 'INPUT', '-m', 'state', '--state', 'ESTABLISHED', '-j', 'ACCEPT');
  }
  await run(lab);
}

install('install-iptables.sh');
const tried = makeTwoHosts();
tried?.remove();
const skip = tried === null && 'this machine lets nobody make a network namespace';
for (const variant of VARIANTS) {
  await t.test(`iptables-${variant}`, { skip }, async (t) => {
    await t.test('who is banned is heard no more, not even where he is let in already', (t) =>
      inLab(t, variant, async (lab) => {
        const firewall = lab.firewall();
        await firewall.install();
        t.match(await firewall.read(), { isInstalled: true, dropped: { packets: 0, bytes: 0 } });
        await lab.sees(t, MESSAGES, attacker, 'before');
        await lab.sees(t, MESSAGES, attacker, 'again, on the same flows');
        t.match(lab.iptables('-v', '-S', 'INPUT'), /ESTABLISHED -c [1-9]/, 'the flows are established');
        await firewall.apply([add(attacker.ipv4), add(attacker.ipv6)]);
        await lab.sees(t, 0, attacker, 'banned');
        await lab.sees(t, 0, attacker, 'banned, on new flows', OTHER);
        await lab.sees(t, MESSAGES, neighbour, 'his neighbour');
        await lab.sees(t, MESSAGES, stranger, 'a stranger');
        await firewall.apply([remove(attacker.ipv4), remove(attacker.ipv6)]);
        await lab.sees(t, MESSAGES, attacker, 'unbanned');
      }),
    );

    await t.test('each packet that was dropped is counted, in total and of the ban, also when it is renewed', (t) =>
      inLab(t, variant, async (lab) => {
        const firewall = lab.firewall();
        await firewall.install();
        await firewall.apply([add(attacker.ipv4)]);
        t.equal(await lab.udp(attacker.ipv4, 0), 0);
        await firewall.apply([add(attacker.ipv4, 30)]);
        t.equal(await lab.udp(attacker.ipv4, 0), 0);
        const { bans, dropped } = await firewall.read();
        const ban = bans.get(`${attacker.ipv4}/32`);
        t.equal(ban?.packets, 2 * MESSAGES);
        t.ok(ban !== undefined && ban.seconds >= 25 && ban.seconds <= 30, `${ban?.seconds} s are left`);
        // `1.0\n` and the headers of UDP and IPv4: see echo-process.ts.
        t.strictSame(dropped, { packets: 2 * MESSAGES, bytes: 2 * MESSAGES * (4 + 8 + 20) });
      }),
    );

    await t.test('a prefix bans all that are in it, and a ban in a prefix ends by itself', (t) =>
      inLab(t, variant, async (lab) => {
        const firewall = lab.firewall();
        await firewall.install();
        await firewall.apply([add('10.9.1.0/24'), add('fd09:0:0:1::/64'), add(attacker.ipv4), add(attacker.ipv6)]);
        await lab.sees(t, 0, attacker, 'banned twice');
        await lab.sees(t, 0, neighbour, 'in the prefix');
        await lab.sees(t, MESSAGES, stranger, 'in another one');
        t.strictSame(
          [...(await firewall.read()).bans.keys()].sort(),
          [`${attacker.ipv4}/32`, '10.9.1.0/24', 'fd09:0:0:1::/64', `${attacker.ipv6}/128`].sort(),
        );
        await firewall.apply([remove('10.9.1.0/24'), remove('fd09:0:0:1::/64')]);
        await lab.sees(t, 0, attacker, 'still banned');
        await lab.sees(t, MESSAGES, neighbour, 'no more in a prefix');
        await firewall.apply([
          add('10.9.1.0/24'),
          add('fd09:0:0:1::/64'),
          add(attacker.ipv4, 1),
          add(attacker.ipv6, 1),
        ]);
        await until('the end of the ban', async () => ((await firewall.read()).bans.size === 2 ? true : null));
        await lab.sees(t, 0, attacker, 'banned by the prefix, though his own ban is over');
      }),
    );

    await t.test('with ports only these are out of reach', (t) =>
      inLab(t, variant, async (lab) => {
        const many = Array.from({ length: 20 }, (_, index) => new PortRange(100 + 2 * index, 100 + 2 * index));
        const firewall = lab.firewall([...many, new PortRange(SIP - 1, SIP)]);
        await firewall.install();
        t.match(await firewall.read(), { isInstalled: true });
        await firewall.apply([add(attacker.ipv4), add(attacker.ipv6)]);
        await lab.sees(t, 0, attacker, 'to a port of these');
        await lab.sees(t, MESSAGES, attacker, 'to another one', OTHER);
        await lab.sees(t, MESSAGES, neighbour, 'his neighbour');
        const { bans, dropped } = await firewall.read();
        const packets = [...bans.values()].reduce((sum, ban) => sum + (ban.packets ?? 0), 0);
        t.equal(packets, dropped.packets, 'only what is dropped is counted of a ban');
        const all = lab.firewall();
        t.equal((await all.read()).isInstalled, false, 'other ports are other rules');
        await all.install();
        await lab.sees(t, 0, attacker, 'to another one now', OTHER);
      }),
    );

    await t.test('a ban ends by itself', (t) =>
      inLab(t, variant, async (lab) => {
        const firewall = lab.firewall();
        await firewall.install();
        await firewall.apply([add(attacker.ipv4, 2)]);
        t.equal(await lab.udp(attacker.ipv4, 0), 0);
        await until('the end of the ban', async () => ((await lab.udp(attacker.ipv4, 0)) > 0 ? true : null));
        t.equal((await firewall.read()).bans.size, 0);
        t.match(await firewall.read(), { isInstalled: true });
      }),
    );

    await t.test('what is published on another port is dropped before it gets there', (t) =>
      inLab(t, variant, async (lab) => {
        const publish = ['-p', 'udp', '--dport', `${PUBLISHED}`, '-j', 'REDIRECT', '--to-ports', `${SIP}`];
        lab.iptables('-t', 'nat', '-A', 'PREROUTING', ...publish);
        const firewall = lab.firewall();
        await firewall.install();
        t.equal(await lab.udp(attacker.ipv4, MESSAGES, PUBLISHED), MESSAGES);
        await firewall.apply([add(attacker.ipv4)]);
        t.equal(await lab.udp(attacker.ipv4, 0, PUBLISHED), 0);
      }),
    );

    await t.test('what somebody takes away is missed, and put back', (t) =>
      inLab(t, variant, async (lab) => {
        const firewall = lab.firewall();
        await firewall.install();
        await firewall.apply([add(attacker.ipv4), add(neighbour.ipv4)]);
        const faults: Record<string, () => void> = {
          'the jump': () => lab.iptables('-t', 'raw', '-D', ...JUMP),
          'the rules of the table': () => lab.iptables('-t', 'raw', '-F'),
          'the rules of the chain': () => lab.iptables('-t', 'raw', '-F', 'ASTERISK_AUTH_STATS'),
          'chain and jump': () => {
            lab.iptables('-t', 'raw', '-F');
            lab.iptables('-t', 'raw', '-X');
          },
          'the rule, for one that lets him pass': () =>
            lab.iptables('-t', 'raw', '-I', 'ASTERISK_AUTH_STATS', '-j', 'ACCEPT'),
        };
        for (const [name, fault] of Object.entries(faults)) {
          t.equal(await lab.udp(attacker.ipv4, 0), 0, name);
          fault();
          t.equal(await lab.udp(attacker.ipv4, MESSAGES), MESSAGES, `without ${name}`);
          t.equal((await firewall.read()).isInstalled, false, name);
          await firewall.install();
          t.equal((await firewall.read()).isInstalled, true, name);
          t.equal(await lab.udp(attacker.ipv4, 0), 0, `with ${name} again`);
        }
        lab.administer('ipset', 'del', SET4, attacker.ipv4);
        t.strictSame([...(await firewall.read()).bans.keys()], [`${neighbour.ipv4}/32`]);
        lab.iptables('-t', 'raw', '-F');
        lab.administer('ipset', 'destroy', SET4);
        t.match(await firewall.read(), { isInstalled: false });
        t.equal((await firewall.read()).bans.size, 0);
        await t.rejects(firewall.apply([add(attacker.ipv4)]), { message: /does not exist/ });
        lab.administer('ipset', 'create', SET4, 'hash:ip');
        t.match(await firewall.read(), { isInstalled: false });
        await firewall.install();
        await firewall.apply([add(attacker.ipv4)]);
        t.match(await firewall.read(), { isInstalled: true });
        t.equal(await lab.udp(attacker.ipv4, 0), 0, 'with a set again');
      }),
    );

    await t.test('a rule in front of ours is no fault, and what is in the way until the next start', (t) =>
      inLab(t, variant, async (lab) => {
        const firewall = lab.firewall();
        await firewall.install();
        await firewall.apply([add(attacker.ipv4)]);
        lab.iptables('-t', 'raw', '-I', 'PREROUTING', '-p', 'udp', '-j', 'ACCEPT');
        t.equal(await lab.udp(attacker.ipv4, MESSAGES), MESSAGES);
        t.match(await firewall.read(), { isInstalled: true });
        await lab.firewall().install();
        t.equal(await lab.udp(attacker.ipv4, 0), 0);
        t.match(
          lab.iptables('-t', 'raw', '-S', 'PREROUTING'),
          /-A PREROUTING -j ASTERISK_AUTH_STATS\n-A PREROUTING -p udp -j ACCEPT/,
        );
      }),
    );

    await t.test('bans outlive the process that made them, and the start of the next one', (t) =>
      inLab(t, variant, async (lab) => {
        const before = lab.firewall();
        await before.install();
        await before.apply([add(attacker.ipv4), add(attacker.ipv6), add('10.9.2.0/24')]);
        const { bans } = await before.read();
        t.equal(await lab.udp(attacker.ipv4, 0), 0);
        const after = lab.firewall();
        await after.install();
        const read = await after.read();
        t.strictSame([...read.bans.keys()].sort(), [...bans.keys()].sort());
        t.equal(read.bans.get(`${attacker.ipv4}/32`)?.packets, MESSAGES);
        t.equal(read.dropped.packets, MESSAGES, 'and so does what was counted');
        await lab.sees(t, 0, attacker, 'banned still');
      }),
    );

    await t.test('uninstall leaves all as it was', (t) =>
      inLab(t, variant, async (lab) => {
        lab.iptables('-t', 'raw', '-A', 'PREROUTING', '-p', 'udp', '-j', 'ACCEPT');
        lab.administer('ipset', 'create', 'other', 'hash:ip');
        // Only a table that somebody looked at is shown.
        lab.administer(`ip6tables-${variant}`, '-t', 'raw', '-A', 'PREROUTING', '-p', 'udp', '-j', 'ACCEPT');
        const before = lab.everything();
        const firewall = lab.firewall();
        await firewall.uninstall();
        await firewall.install();
        await firewall.apply([add(attacker.ipv4), add(attacker.ipv6)]);
        t.match(lab.everything(), 'ASTERISK_AUTH_STATS');
        await firewall.uninstall();
        t.equal(lab.everything(), before);
        await lab.sees(t, MESSAGES, attacker, 'banned no more');
        t.match(await firewall.read(), { isInstalled: false });
      }),
    );

    await t.test('who may not is told what to do, and who may need not be root', (t) =>
      inLab(t, variant, async (lab) => {
        const nobody = ['setpriv', '--reuid', '65534', '--clear-groups'];
        const asked = (...capabilities: string[]) => {
          const all = capabilities.join();
          return lab.firewall(null, [...nobody, '--inh-caps', all, '--ambient-caps', all]);
        };
        const told = { fault: 'not_permitted', message: /CAP_NET_RAW besides CAP_NET_ADMIN/ };
        await t.rejects(lab.firewall(null, [...nobody, '--inh-caps', '-all']).install(), told);
        const able = asked('+net_admin', '+net_raw');
        if (variant === 'legacy') return void (await t.rejects(able.install(), told));
        await able.install();
        t.match(await able.read(), { isInstalled: true });
        await t.rejects(asked('+net_admin').read(), told);
      }),
    );
  });
}

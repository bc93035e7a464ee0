// Twenty phones behind one address and the blocker as its users run it: one phone falls silent, nineteen telephone on.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { env } from 'node:process';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { BanAnswer } from '../../src/domain/ban.js';
import { type BanTarget, fieldsText, parseTarget, targetFields } from '../../src/domain/ban-target.js';
import type { BanDecision } from '../../src/domain/decision.js';
import { UnixFeed } from '../../src/wire/client/unix-feed.js';
import { decodeDecision, encodeDecision } from '../../src/wire/decision-codec.js';
import { decisions } from '../wire/decisions.js';
import { type Echo, startEcho } from './driver/echo.js';
import { type Blocker, type BlockerPlace, makePlace, startBlocker } from './lab/blocker-process.js';
import { install } from './lab/place.js';
import { attackerOf, makeTwoHosts, SERVER, type TwoHosts } from './lab/two-hosts.js';
import { settled, until } from './lab/until.js';

const SIP = 5060;
const MESSAGES = 3;
/** Of the phones behind the office's address; the bad one is in the middle. */
const PORTS = Array.from({ length: 20 }, (_, at) => 40_001 + at);
const BAD = 40_007;
const FUZZ_LINES = Number(env['FUZZ_RUNS'] ?? 2_000);

const office = attackerOf(1, 10);
const neighbour = attackerOf(1, 11);

const target = (text: string) => parseTarget(text) as BanTarget;

function ban(text: string, seconds = 600): BanDecision {
  const evidence = { pbx: 'pbx', service: 'PJSIP', attempts: 10, accounts: 1, since: 0, isProven: true };
  return { type: 'ban', ...targetFields(target(text)), seconds, reason: 'brute_force', at: 0, evidence };
}

/** A server behind the blocker, and an office full of phones in front of it. */
class Lab {
  readonly place: BlockerPlace = makePlace();
  readonly #hosts: TwoHosts;
  readonly #echo: Echo;
  readonly #firewall: string;
  blocker: Blocker;

  constructor(hosts: TwoHosts, echo: Echo, firewall: string, settings: Settings) {
    this.#hosts = hosts;
    this.#echo = echo;
    this.#firewall = firewall;
    this.blocker = this.#start(settings);
  }

  #start(settings: Settings): Blocker {
    const { place } = this;
    return startBlocker({ place, namespace: this.#hosts.server, settings: { FIREWALL: this.#firewall, ...settings } });
  }

  /** Dies as in a power cut, the kernel's bans with it, and starts again. */
  async dieAndStart(settings: Settings = {}): Promise<void> {
    this.blocker.child.signal('SIGKILL');
    await this.blocker.child.ended;
    if (this.#firewall === 'nftables') this.administer('nft', 'flush', 'ruleset');
    else for (const name of ['iptables', 'ip6tables']) this.administer(name, '-t', 'raw', '-F');
    if (this.#firewall === 'iptables') {
      for (const name of this.administer('ipset', 'list', '-name').trim().split('\n')) {
        this.administer('ipset', 'flush', name);
      }
    }
    this.blocker = this.#start(settings);
    await this.blocker.listening();
  }

  /** @returns what the program wrote. */
  administer(...command: readonly string[]): string {
    const args = ['netns', 'exec', this.#hosts.server, ...command];
    const { status, stdout, stderr } = spawnSync('ip', args, { encoding: 'utf8', timeout: 5_000 });
    if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** Takes the bad phone's ban out of the kernel, in one of the two families and for one of the protocols. */
  removeByHand(): void {
    if (this.#firewall === 'nftables') {
      const element = `{ ${office.ipv4} . ${BAD} }`;
      this.administer('nft', 'delete', 'element', 'inet', 'asterisk_auth_stats', 'v4_sockets', element);
    } else {
      this.administer('ipset', 'del', 'asterisk_auth_stats4_sockets', `${office.ipv4},udp:${BAD}`);
    }
  }

  /** Hands decisions over as the exporter does. @returns the answers in the order of the decisions. */
  async decide(...bans: readonly BanDecision[]): Promise<(BanAnswer | undefined)[]> {
    const answers = new Map<string, BanAnswer>();
    const done = AbortSignal.timeout(10_000);
    const all = new AbortController();
    const feed = new UnixFeed({
      path: this.place.decisions,
      graceMs: 5_000,
      onState: () => undefined,
      onAnswer: (answer) => {
        answers.set(fieldsText(answer), answer);
        if (answers.size === bans.length) all.abort();
      },
    });
    for (const each of bans) feed.push(each);
    await feed.run(AbortSignal.any([all.signal, done]));
    return bans.map((each) => answers.get(fieldsText(each)));
  }

  async listed(): Promise<string[]> {
    const client = await this.blocker.client();
    const bans = await client.list();
    client.close();
    return bans.map(fieldsText).sort();
  }

  /** Which of the phones are heard, over UDP and TCP, IPv4 and IPv6. */
  async heard(from: typeof office, isExpected: (port: number) => boolean): Promise<Record<string, number[]>> {
    const flows = (['udp', 'tcp'] as const).flatMap((transport) => [
      { transport, from: from.ipv4, to: SERVER.ipv4 },
      { transport, from: from.ipv6, to: SERVER.ipv6 },
    ]);
    const heard: Record<string, number[]> = {};
    for (const flow of flows) {
      const counts = await Promise.all(
        PORTS.map((fromPort) =>
          this.#echo.echoes({ ...flow, fromPort, port: SIP, messages: MESSAGES }, isExpected(fromPort) ? MESSAGES : 0),
        ),
      );
      heard[`${flow.transport} ${flow.from}`] = PORTS.filter((_, at) => counts[at] === MESSAGES);
    }
    return heard;
  }

  /** All phones but these are heard, and these are not. */
  async sees(t: Test, silent: readonly number[], what: string): Promise<void> {
    const heard = await this.heard(office, (port) => !silent.includes(port));
    for (const [flow, ports] of Object.entries(heard)) {
      t.strictSame(
        ports,
        PORTS.filter((port) => !silent.includes(port)),
        `${what}: ${flow}`,
      );
    }
  }

  async stop(): Promise<void> {
    await this.blocker.child.stop();
    this.place.remove();
  }
}

type Settings = Readonly<Record<string, string | number>>;

async function startLab(t: Test, firewall: string, settings: Settings = {}): Promise<Lab> {
  const hosts = makeTwoHosts();
  if (hosts === null) throw new Error('there was a network namespace, and now there is none');
  t.teardown(hosts.remove);
  const echo = await startEcho(hosts, [SIP]);
  t.teardown(echo.stop);
  const lab = new Lab(hosts, echo, firewall, settings);
  t.teardown(() => lab.stop());
  await lab.blocker.listening();
  return lab;
}

install('install-nftables.sh');
install('install-iptables.sh');
const tried = makeTwoHosts();
tried?.remove();
const skip = tried === null && 'this machine lets nobody make a network namespace';

const KEYS = [`${office.ipv4}:${BAD}`, `[${office.ipv6}]:${BAD}`];

for (const firewall of ['nftables', 'iptables']) {
  await t.test(`${firewall}: one phone behind an address is dropped, nineteen are not`, { skip }, async (t) => {
    const lab = await startLab(t, firewall);
    await lab.sees(t, [], 'before');
    const answers = await lab.decide(...KEYS.map((key) => ban(key)));
    t.match(answers, [
      { port: BAD, result: 'banned', reason: null },
      { port: BAD, result: 'banned', reason: null },
    ]);
    await lab.sees(t, [BAD], 'banned');
    const others = await lab.heard(neighbour, () => true);
    for (const [flow, ports] of Object.entries(others)) t.strictSame(ports, PORTS, `the same port of others: ${flow}`);

    await t.test('what somebody takes out of the kernel is put back by the next look', async (t) => {
      lab.removeByHand();
      await lab.blocker.logged('the repair', ({ msg }) => msg.startsWith('the bans in the firewall were not those'));
      await lab.sees(t, [BAD], 'put back');
    });

    await t.test('a restart after a power cut restores it', async (t) => {
      await lab.dieAndStart();
      t.strictSame(await lab.listed(), KEYS);
      await lab.sees(t, [BAD], 'restored');
    });

    await t.test('an operator sees it and lifts it with the address', async (t) => {
      const client = await lab.blocker.client();
      t.teardown(() => client.close());
      await until('the drops are counted', async () => ((await client.list())[0]?.packets ?? 0) > 0 || null);
      t.match(await client.test(target(office.ipv4)), { refusal: null, ban: null, sockets: 1 });
      t.match(await client.status(), { desired: 2, sockets: 2, enforced: 2 });
      for (const address of [office.ipv4, office.ipv6]) {
        t.strictSame(await client.remove(target(address)), {
          isRemoved: false,
          sockets: 1,
          ports: [BAD],
          isSaved: true,
        });
      }
      // A TCP that was not heard for long tries again ever later.
      const flows = async () => Object.values(await lab.heard(office, () => true));
      await until('all flows', async () => (await flows()).every(({ length }) => length === PORTS.length) || null, 60);
      await lab.sees(t, [], 'lifted');
    });

    await t.test('it ends by itself, in the kernel, the table and the store', async (t) => {
      await lab.decide(...KEYS.map((key) => ban(key, 2)), ban(`${office.ipv4}:${BAD + 1}`, 600));
      await until('the end', async () => ((await lab.listed()).length === 1 ? true : null));
      t.strictSame(await lab.listed(), [`${office.ipv4}:${BAD + 1}`]);
      // The kernel counts in whole seconds of its own.
      const expected = [PORTS, PORTS.filter((port) => port !== BAD + 1)];
      const read = async () => {
        const heard = await lab.heard(office, (port) => port !== BAD + 1);
        return [heard[`udp ${office.ipv6}`], heard[`udp ${office.ipv4}`]];
      };
      t.strictSame(await settled<readonly (number[] | undefined)[]>(expected, read, 10), expected);
    });
  });

  await t.test(
    `${firewall}: sockets count as bans do, friends have none, and no fuzzed line bans`,
    { skip },
    async (t) => {
      const lab = await startLab(t, firewall, {
        BLOCKER_BANS_MAX: 3,
        BLOCKER_BANS_PER_MINUTE: 4,
        ALLOWLIST: neighbour.ipv4,
      });

      await t.test(`of ${FUZZ_LINES} lines with ports that are no decisions none bans`, async (t) => {
        const lines = fuzzed(FUZZ_LINES);
        t.equal(lines.length, FUZZ_LINES);
        const socket = createConnection(lab.place.decisions);
        socket.resume();
        socket.end(lines.map((line) => `${line}\n`).join(''));
        await once(socket, 'close');
        t.strictSame(await lab.listed(), []);
        await lab.sees(t, [], 'after the lines');
      });

      await t.test('addresses and sockets share the caps', async (t) => {
        const bans = [`${office.ipv4}:1`, `${office.ipv4}:2`, '198.51.100.1', `${office.ipv4}:3`];
        const answers = await lab.decide(ban(`${neighbour.ipv4}:${BAD}`), ...bans.map((text) => ban(text)));
        t.strictSame(answers.map(wordOf), ['allowlisted', 'banned', 'banned', 'banned', 'bans_max']);
        const client = await lab.blocker.client();
        t.teardown(() => client.close());
        await client.remove(target(office.ipv4));
        const more = await lab.decide(ban(`${office.ipv4}:4`), ban(`${office.ipv4}:5`));
        t.strictSame(more.map(wordOf), ['banned', 'bans_per_minute']);
      });
    },
  );
}

function wordOf(answer: BanAnswer | undefined): string | undefined {
  return answer?.reason ?? answer?.result;
}

/** Lines that look like decisions with ports, and are none. */
function fuzzed(count: number): string[] {
  const port = fc.oneof(fc.constantFrom(0, 65_536, -1, 5_062.5, '5062', null, true, [5_062], {}), fc.jsonValue());
  const withPort = decisions.filter((decision) => decision.port !== null);
  const altered = fc
    .tuple(withPort, fc.constantFrom('port', 'v', 'address', 'seconds', 'sport'), port)
    .map(([decision, key, value]) => JSON.stringify({ ...JSON.parse(encodeDecision(decision)), [key]: value }));
  const cut = fc.tuple(withPort, fc.nat(), fc.string({ maxLength: 3 })).map(([decision, at, text]) => {
    const line = encodeDecision(decision);
    const from = at % line.length;
    return line.slice(0, from) + text.replaceAll('\n', '') + line.slice(from + 1);
  });
  const hostile = fc.oneof(altered, cut).filter((line) => 'fault' in decodeDecision(line));
  return fc.sample(hostile, count);
}

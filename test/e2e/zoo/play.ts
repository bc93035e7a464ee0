import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type Finding, severityRank } from '../../../src/domain/finding.js';
import { type Asterisk, startAsterisk } from '../lab/asterisk.js';
import { startBlocker } from '../lab/blocker.js';
import { type Child, startChild } from '../lab/child.js';
import { type Exporter, startExporter } from '../lab/exporter.js';
import { CACHE } from '../lab/place.js';
import { type Attacker, attackersOf } from './attackers.js';
import { type Friend, friendsOf, oldPasswordOf } from './friends.js';
import { countPackets, type PacketCount } from './packet-count.js';
import { PBX, passwordOf, type SetUp } from './set-ups.js';
import { makeZooNetwork, type ZooHost, type ZooNetwork } from './zoo-network.js';

/** What was said and done about an address. */
interface Told {
  /** `warning brute_force`, each once. */
  readonly findings: readonly string[];
  readonly severity: Finding['severity'] | null;
  /** `203.0.113.9/32`, `198.51.100.9:5070`. */
  readonly bans: readonly string[];
}

interface AttackerResult extends PacketCount, Told {
  readonly name: string;
  readonly address: string;
  /** Null: it had to be ended. */
  readonly exitCode: number | null;
}

interface FriendResult extends PacketCount, Told {
  readonly name: string;
  readonly address: string;
  /** Packets that a ban dropped while its password was right. */
  readonly lost: number;
  /** Null: it registers none. */
  readonly isRegistered: boolean | null;
  readonly password: Friend['password'];
}

export interface Played {
  readonly setUp: SetUp;
  readonly attackers: readonly AttackerResult[];
  readonly friends: readonly FriendResult[];
}

interface PlayOptions {
  readonly isShort: boolean;
  /** One attacker takes this long at most. */
  readonly attackSeconds: number;
  /** How long the friends go on, at least. */
  readonly seconds: number;
  /** When a wrong password is put right. */
  readonly mendAfterSeconds: number;
}

const AT_A_TIME = 3;

/** Plays the friends and attackers of a set-up against a PBX that bans. Null where this machine lets nobody make a network. */
export async function playZoo(setUp: SetUp, options: PlayOptions): Promise<Played | null> {
  const network = makeZooNetwork();
  if (network === null) return null;
  const folder = mkdtempSync(`${tmpdir()}/e2e-zoo-`);
  const stops: (() => unknown)[] = [network.remove, () => rmSync(folder, { recursive: true, force: true })];
  try {
    const pbx = network.addHost(PBX.address);
    const asterisk = await startAsterisk(setUp.version, { ...setUp.options, inside: pbx.inside });
    stops.push(asterisk.stop);
    const blocker = await startBlocker(pbx.inside);
    stops.push(blocker.stop);
    // Nobody listens for meters there.
    const settings = { DECISION_SOCKET: blocker.decisionSocket, LOG_LEVEL: 'info' };
    const exporter = startExporter(asterisk, { port: 9 }, settings);
    stops.push(exporter.stop);
    await exporter.logged('connected', ({ msg }) => msg === 'connected to Asterisk');
    return await new Play({ setUp, options, network, pbx, folder, asterisk, exporter }).run();
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

interface Stage {
  readonly setUp: SetUp;
  readonly options: PlayOptions;
  readonly network: ZooNetwork;
  readonly pbx: ZooHost;
  readonly folder: string;
  readonly asterisk: Asterisk;
  readonly exporter: Exporter;
}

class Play {
  readonly #stage: Stage;
  readonly #hosts = new Map<string, ZooHost>();
  readonly #counter;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#counter = countPackets(stage.pbx, [PBX.sip, PBX.sipTls, PBX.ws]);
  }

  async run(): Promise<Played> {
    const { setUp, options, folder } = this.#stage;
    const { isShort, seconds } = options;
    const isWanted = (one: { readonly isShort: boolean }) => one.isShort || !isShort;
    const ends = performance.now() + seconds * 1000;
    const stop = new AbortController();
    const friends = friendsOf({ folder, setUp })
      .filter(isWanted)
      .map((friend) => this.#befriend(friend, stop.signal));
    await delay(2000);
    const attackers = await this.#attack(attackersOf({ folder, setUp }).filter(isWanted));
    await delay(Math.max(0, ends - performance.now()));
    const live = await this.#registered();
    stop.abort();
    return {
      setUp,
      attackers: attackers.map((attacker) => ({
        ...attacker,
        ...this.#countOf(attacker),
        ...this.#told(attacker.address, null),
      })),
      friends: (await Promise.all(friends)).map((friend) => ({
        ...friend,
        ...this.#told(friend.address, friend.port),
        isRegistered: friend.account === null ? null : live.includes(`${setUp.authUser(friend.account)}/`),
      })),
    };
  }

  /** A few at a time, each once. */
  async #attack(attackers: readonly Attacker[]): Promise<(Attacker & { readonly exitCode: number | null })[]> {
    const waiting = [...attackers];
    const done: (Attacker & { readonly exitCode: number | null })[] = [];
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const child = this.#start(next, next.command);
        const timer = setTimeout(() => child.signal('SIGTERM'), this.#stage.options.attackSeconds * 1000);
        done.push({ ...next, exitCode: await child.ended });
        clearTimeout(timer);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    return attackers.flatMap(({ name }) => done.filter((one) => one.name === name));
  }

  /** Runs it until the end, with its password put right on the way. @returns what it sent, and lost */
  async #befriend(friend: Friend, end: AbortSignal) {
    const { account, password } = friend;
    const right = account === null ? '' : passwordOf(account);
    let child = this.#start(
      friend,
      friend.command(account === null || password === 'right' ? right : oldPasswordOf(account)),
    );
    let before: PacketCount | null = password === 'right' ? { sent: 0, through: 0 } : null;
    if (password === 'mended') {
      await delay(this.#stage.options.mendAfterSeconds * 1000);
      await child.stop();
      before = this.#countOf(friend);
      child = this.#start(friend, friend.command(right));
    }
    if (!end.aborted) await new Promise((resolve) => end.addEventListener('abort', resolve, { once: true }));
    const count = this.#countOf(friend);
    await child.stop();
    const lost = before === null ? 0 : count.sent - before.sent - (count.through - before.through);
    return { ...friend, ...count, lost };
  }

  #start({ name, address }: { readonly name: string; readonly address: string }, command: readonly string[]): Child {
    const { network } = this.#stage;
    const host = this.#hosts.get(address) ?? network.addHost(address);
    this.#hosts.set(address, host);
    const logFile = `${CACHE}zoo-${name.replace(/\W+/g, '-')}.log`;
    return startChild([...host.inside, ...command], {
      env: { PATH: process.env['PATH'], HOME: this.#stage.folder },
      logFile,
    });
  }

  #countOf({ address, port = null }: { readonly address: string; readonly port?: number | null }): PacketCount {
    return this.#counter.count(address, port ?? undefined);
  }

  /** What the PBX says of who is registered. */
  async #registered(): Promise<string> {
    const { asterisk } = this.#stage;
    if (asterisk.version === 22) return asterisk.cli('pjsip show contacts');
    const peers = await asterisk.cli('sip show peers');
    return peers
      .split('\n')
      .filter((line) => !line.includes('(Unspecified)'))
      .join('\n');
  }

  /** A ban of another port of the same address is not this friend's. */
  #told(address: string, port: number | null): Told {
    const lines = this.#stage.exporter.log();
    const findings = lines.flatMap(({ finding }) =>
      finding !== undefined && (finding.subject.text === address || finding.address === address) ? [finding] : [],
    );
    const bans = lines.flatMap(({ decision }) =>
      decision?.type === 'ban' &&
      decision.address === `${address}/32` &&
      (port === null || decision.port === null || decision.port === port)
        ? [decision.port === null ? decision.address : `${address}:${decision.port}`]
        : [],
    );
    const [worst] = findings.map(({ severity }) => severity).sort((a, b) => severityRank(b) - severityRank(a));
    return {
      findings: [...new Set(findings.map(({ severity, rule, action }) => `${severity} ${rule} (${action})`))],
      severity: worst ?? null,
      bans: [...new Set(bans)],
    };
  }
}

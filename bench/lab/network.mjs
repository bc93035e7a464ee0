// Network namespaces: the PBX, attackers at the other end of a cable, and a bare host, with no firewall and a cable to the
// attackers of its own. No end is another's gateway, since gateways are friends that nobody bans.
import { fork, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The PBX' end of its cable. */
export const PBX = '10.219.0.1';
/** The same of the bare host. */
export const BARE = '10.220.0.1';
const BARE_PEER = '10.220.0.2';

const NAMES = Object.fromEntries(['pbx', 'attackers', 'bare'].map((end) => [end, `bench-${end}-${process.pid}`]));
const START_MS = 5_000;
/** What was started, and where it writes. */
const [children, directories] = [new Set(), []];

/** The attackers' address with this number, from 0 to 60,000; neighbours are 250 apart, since many of a /24 are banned together. */
export function attacker(number) {
  return `10.219.${1 + (number % 250)}.${1 + Math.floor(number / 250)}`;
}

/** Makes a directory for what is started inside. It goes with this process. */
export function makeDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  directories.push(directory);
  return directory;
}

/** Makes the namespaces, which go with this process. The attackers have the first so many addresses. */
export function makeNetwork(attackers) {
  process.once('exit', remove);
  for (const name of Object.values(NAMES)) {
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }
  lay('pbx', `${PBX}/16`);
  lay('bare', `${BARE}/24`);
  const own = Array.from({ length: attackers }, (_, n) => `address add ${attacker(n)}/16 dev pbx0\n`);
  const lines = [...own, `address add ${BARE_PEER}/24 dev bare0\n`];
  ip('-n', NAMES.attackers, '-batch', '-', { input: lines.join('') });
}

/** Lays a cable between an end and the attackers, of the end's name at both. */
function lay(end, address) {
  const cable = `${end}0`;
  ip('-n', NAMES[end], 'link', 'add', cable, 'type', 'veth', 'peer', 'name', cable, 'netns', NAMES.attackers);
  ip('-n', NAMES[end], 'address', 'add', address, 'dev', cable);
  for (const name of [NAMES[end], NAMES.attackers]) ip('-n', name, 'link', 'set', cable, 'up');
}

function remove() {
  for (const child of children) child.kill('SIGKILL');
  for (const name of Object.values(NAMES)) spawnSync('ip', ['netns', 'delete', name], { timeout: START_MS });
  // A killed process may take a moment to end.
  for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
}

function started(child) {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function ip(...args) {
  const options = typeof args.at(-1) === 'object' ? args.pop() : {};
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8', timeout: START_MS, ...options });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

/** How a command is started at one end: it replaces what starts it, and the kernel ends it with this process. */
export function inside(end, command) {
  return ['setpriv', '--pdeathsig', 'KILL', 'ip', 'netns', 'exec', NAMES[end], ...command];
}

/** Runs a command at one end to its end. @throws with what it said where it fails */
export function runInside(end, command, options = {}) {
  const [program, ...args] = inside(end, command);
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000, ...options });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  return stdout;
}

/** Starts a program at one end. */
export function startInside(end, command, options = {}) {
  const [program, ...args] = inside(end, command);
  return started(spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options }));
}

/**
 * Starts a module of this folder at one end, that answers each message with one message.
 * @returns how it is asked; the answers come in the order of the questions.
 */
export async function startModule(end, url, ...args) {
  const [execPath, ...execArgv] = inside(end, [process.execPath]);
  const child = started(fork(url, args, { execPath, execArgv }));
  const answered = [];
  child.on('message', (message) => answered.shift()?.resolve(message));
  child.once('exit', (code) => {
    for (const { reject } of answered) reject(new Error(`${url} ended with ${code}`));
  });
  const answer = () => new Promise((resolve, reject) => answered.push({ resolve, reject }));
  await answer();
  return {
    ask: (question) => {
      const given = answer();
      child.send(question);
      return given;
    },
    end: () => child.kill('SIGKILL'),
  };
}

import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { ROOT } from '../../root.js';
import { startChild, tail } from './child.js';
import { CACHE, install, labFile } from './place.js';
import { until } from './until.js';

const COMPOSE = `${CACHE}compose`;
const STORAGE = `${CACHE}containers`;
const DEMO = ['--env-file', 'docker/demo/demo.env'];
/** The name that docker-compose.yml gives to all of it. */
const PROJECT = 'asterisk-auth-stats';

const run = promisify(execFile);

/** What is written on standard output. @throws with what is written on the other one, where it fails */
export type Command = (...args: readonly string[]) => Promise<string>;

/** The whole of docker-compose.yml with the settings of its demo, on podman in namespaces of its own. */
export interface Stack {
  readonly compose: Command;
  /** podman on the container of a service: `podman('inspect', 'exporter', ...)`. */
  podman(command: string, service: string, ...args: readonly string[]): Promise<string>;
  /** What a URL answers in the network of the containers. */
  ask(url: string): Promise<string>;
  /** Health checks are systemd's to run, which is not there. */
  healthy(service: string): Promise<void>;
  stop(): Promise<void>;
}

/** Compose v2 on the demo's settings, or on those that are given; needs no engine for questions about the file. */
export function installCompose(options: readonly string[] = DEMO, env: NodeJS.ProcessEnv = {}): Command {
  install('install-compose.sh', COMPOSE);
  return async (...args) => {
    const PATH = process.env['PATH'];
    const { stdout } = await run(`${COMPOSE}/docker-compose`, [...options, ...args], {
      cwd: ROOT,
      env: { PATH, ...env },
    });
    return stdout;
  };
}

/** Whether this machine lets us make the namespaces that containers are made of. */
export function hasNamespaces(): boolean {
  return (
    spawnSync('unshare', ['--net', '--pid', '--mount', '--fork', 'mount', '-t', 'tmpfs', 'tmpfs', '/run']).status === 0
  );
}

/** Builds the images, which takes minutes the first time, and starts podman, and of the stack nothing. */
export async function startStack(): Promise<Stack> {
  install('install-containers.sh', STORAGE);
  install('build-images.sh', STORAGE);
  const folder = mkdtempSync(`${tmpdir()}/e2e-`);
  const url = `unix://${folder}/podman.sock`;
  const compose = installCompose(DEMO, { DOCKER_HOST: url });
  const podman = async (...args: readonly string[]) => {
    const { stdout } = await run('podman', ['--remote', '--url', url, ...args]);
    return stdout;
  };
  const logFile = `${CACHE}podman.log`;
  const service = startChild([labFile('containers/podman-service'), STORAGE, `${folder}/podman.sock`], {
    env: { PATH: process.env['PATH'] },
    logFile,
  });
  const stop = async () => {
    await compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '5').catch(() => undefined);
    await service.stop();
    rmSync(folder, { recursive: true });
  };
  try {
    await until('podman up', async () => {
      if (service.exitCode() !== null) throw new Error(`podman ended:\n${tail(logFile)}`);
      return podman('ps').catch(() => null);
    });
    // What a run that was killed has left.
    await compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '0');
  } catch (error) {
    await stop();
    throw error;
  }
  const ofService: Stack['podman'] = (command, name, ...args) =>
    podman(...command.split(' '), `${PROJECT}-${name}-1`, ...args);
  return {
    compose,
    podman: ofService,
    ask: (address) => compose('exec', '-T', 'exporter', 'node', '/app/health.mjs', address),
    healthy: async (name) => {
      const probe = () =>
        ofService('healthcheck run', name)
          .then(() => true)
          .catch(() => null);
      await until(`${name} is healthy`, probe, 60);
    },
    stop,
  };
}

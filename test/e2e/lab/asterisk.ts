import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { SipTarget, SipTransport } from '../driver/sip-connection.js';
import { type Child, startChild, tail } from './child.js';
import { CACHE, demandFree, install, labFile, labPort } from './place.js';
import { until } from './until.js';

export type AsteriskVersion = 16 | 22;

/** Every user of manager.conf has it. */
export const AMI_SECRET = 'e2e-secret';
/** Signed the certificate that AMI, SIP over TLS and the HTTP server show; its names are 127.0.0.1 and ::1. */
export const CA_FILE = `${CACHE}certificates/ca.pem`;
/** An authority that signed nothing. */
export const STRANGER_CA_FILE = `${CACHE}certificates/stranger.pem`;

interface AsteriskPorts {
  readonly ami: number;
  readonly amiTls: number;
  /** Over UDP and TCP. */
  readonly sip: number;
  readonly sipTls: number;
  readonly ws: number;
  readonly wss: number;
  /** Over UDP and TCP; nobody listens there in 22. */
  readonly chanSip: number;
}

/** A running Asterisk on 127.0.0.1 and, but for AMI and WebSocket, on ::1. */
export interface Asterisk {
  readonly version: AsteriskVersion;
  readonly ports: AsteriskPorts;
  /** What starts a command where it runs, as in `AsteriskOptions`. */
  readonly inside: readonly string[];
  /** Where it writes its logs `security` and `messages`. */
  readonly logFolder: string;
  /** Where PJSIP listens for a transport; `host` is 127.0.0.1 unless given, `from` the address that the client takes. */
  sip(transport: SipTransport, options?: { readonly host?: '127.0.0.1' | '::1'; readonly from?: string }): SipTarget;
  signal(name: NodeJS.Signals): void;
  /** One command of Asterisk's console. */
  cli(command: string): Promise<string>;
  /** Resolves once it takes registrations. */
  booted(): Promise<void>;
  kill9(): Promise<void>;
  /** Starts it again with the same configuration, after `kill9` or `stop`. Does not wait until it has booted. */
  start(): void;
  stop(): Promise<void>;
}

const MODULES: Record<AsteriskVersion, string> = {
  16: '/usr/lib/asterisk/modules',
  22: '/usr/lib/x86_64-linux-gnu/asterisk/modules',
};

function asteriskPorts(version: AsteriskVersion): AsteriskPorts {
  const first = labPort(version * 10);
  return {
    ami: first,
    amiTls: first + 1,
    sip: first + 2,
    sipTls: first + 3,
    ws: first + 4,
    wss: first + 5,
    chanSip: first + 6,
  };
}

export interface AsteriskOptions {
  /** Lines for the [general] section of manager.conf. */
  readonly managerGeneral?: string;
  /** Makes sections for the end of pjsip.conf. */
  readonly pjsip?: (ports: AsteriskPorts) => string;
  /** Lines for the end of a configuration file, by its name. */
  readonly additions?: Readonly<Record<string, string>>;
  /** What starts a command in a network of its own; empty: none. */
  readonly inside?: readonly string[];
}

/** Installs Asterisk where it is missing and starts it with an empty state. One of each version can run at a time. */
export async function startAsterisk(version: AsteriskVersion, options: AsteriskOptions = {}): Promise<Asterisk> {
  const asterisk = await prepareAsterisk(version, options);
  asterisk.start();
  try {
    await asterisk.booted();
  } catch (error) {
    await asterisk.stop();
    throw error;
  }
  return asterisk;
}

/** As `startAsterisk`, but leaves the start to the caller. */
export async function prepareAsterisk(
  version: AsteriskVersion,
  { managerGeneral = '', pjsip = () => '', additions = {}, inside = [] }: AsteriskOptions = {},
): Promise<Asterisk> {
  const root = `${CACHE}asterisk-${version}`;
  install('install-certificates.sh', `${CACHE}certificates`);
  install('install-asterisk.sh', String(version), root);
  const ports = asteriskPorts(version);
  await demandFree(ports.ami);
  const values = { ...ports, version, modules: MODULES[version], managerGeneral, pjsip: pjsip(ports) };
  configure(version, root, { values, additions });

  const logFile = `${CACHE}asterisk-${version}.log`;
  const program = ['chroot', root, '/usr/sbin/asterisk', '-C', '/instance/etc/asterisk.conf'];
  let child: Child | null = null;
  const running = () => {
    if (child === null) throw new Error(`Asterisk ${version} is not running`);
    return child;
  };
  const cli = async (command: string) => {
    const [file = '', ...args] = [...program, '-rx', command];
    return (await promisify(execFile)(file, args, { timeout: 5000 })).stdout;
  };
  return {
    version,
    ports,
    inside,
    logFolder: `${root}/instance/log`,
    sip: (transport, { host = '127.0.0.1', from } = {}) => ({
      transport,
      host,
      port: { udp: ports.sip, tcp: ports.sip, tls: ports.sipTls, ws: ports.ws, wss: ports.wss }[transport],
      from: from ?? null,
      ca: readFileSync(CA_FILE),
    }),
    signal: (name) => running().signal(name),
    cli,
    booted: async () => {
      await until(`Asterisk ${version} booted`, async () => {
        if (running().exitCode() !== null) throw new Error(`Asterisk ${version} ended:\n${tail(logFile)}`);
        // The console's socket refuses until it is there.
        const answer = await cli('core waitfullybooted').catch(() => '');
        return answer.includes('fully booted') ? true : null;
      });
    },
    kill9: async () => {
      running().signal('SIGKILL');
      await running().ended;
    },
    start: () => {
      child = startChild([...inside, ...program, '-f'], { env: { PATH: process.env['PATH'] }, logFile });
    },
    stop: async () => {
      await child?.stop();
    },
  };
}

interface Configuration {
  readonly values: Readonly<Record<string, string | number>>;
  readonly additions: Readonly<Record<string, string>>;
}

/** Writes the configuration into the root: the templates with each `@name@` replaced. */
function configure(version: AsteriskVersion, root: string, { values, additions }: Configuration): void {
  const instance = `${root}/instance`;
  rmSync(instance, { recursive: true, force: true });
  for (const folder of ['etc', 'log', 'run', 'db', 'spool', 'cache', 'keys']) {
    mkdirSync(`${instance}/${folder}`, { recursive: true });
  }
  for (const key of ['server.pem', 'server.key']) cpSync(`${CACHE}certificates/${key}`, `${instance}/keys/${key}`);
  for (const name of readdirSync(labFile('asterisk'))) {
    const template = readFileSync(labFile(`asterisk/${name}`), 'utf8');
    writeFileSync(
      `${instance}/etc/${name}`,
      template.replace(/@(\w+)@/g, (_, key: string) => String(values[key])) +
        (name === 'modules.conf' && version === 16 ? 'load = chan_sip.so\n' : '') +
        (additions[name] ?? ''),
    );
  }
}

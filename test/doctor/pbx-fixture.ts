// A PBX that answers what the doctor asks, over real AMI, with whatever files and permissions a test gives it.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Test } from 'tap';
import { type AmiConfig, type ExporterConfig, loadConfig } from '../../src/config/load-config.js';
import { parseEndpoint } from '../../src/domain/remote-address.js';
import { encodeEvent, encodeResponse, encodeSecurityEvent, type RaisedEvent } from '../../src/simulator/frames.js';

/** What a PBX of a test is like: a good one, where nothing is said. */
export interface Made {
  /** Its files: `file/section` and the lines there, `key=value`. Null: the user may not read them. */
  readonly files?: Readonly<Record<string, readonly string[]>> | null;
  /** What CoreSettings says; null: the user may not ask. */
  readonly settings?: Readonly<Record<string, string>> | null;
  /** Further actions that the user may use. */
  readonly commands?: readonly string[];
  /** The answer to a ping; null: none at all. */
  readonly timestamp?: string | null;
  readonly reports?: { readonly logins?: boolean; readonly failures?: boolean; readonly system?: boolean };
  /** What becomes of a login as somebody else. */
  readonly strangers?: 'refused' | 'welcome';
  /** Closes the connection at this action. */
  readonly dropsAt?: string;
}

export const USER = 'stats';
const SECRET = 'hunter2';

/** The settings of an exporter, as its environment. */
export function configOf(environment: Readonly<Record<string, string | number>>): ExporterConfig {
  const texts = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));
  const loaded = loadConfig(texts, () => Buffer.alloc(0));
  if (loaded.kind !== 'config') throw new Error(JSON.stringify(loaded));
  return loaded.config;
}

/** Settings for a PBX on a port of this host. */
export function amiConfig(port: number, environment: Readonly<Record<string, string | number>> = {}): AmiConfig {
  const ami = { AMI_HOST: '127.0.0.1', AMI_PORT: port, AMI_USERNAME: USER, AMI_SECRET: SECRET, AMI_LOGIN: 'plain' };
  const config = configOf({ ...ami, ...environment });
  if (config.source !== 'ami') throw new Error('not a source of AMI');
  return config;
}

/** @returns its port. */
export async function startPbx(t: Test, made: Made = {}): Promise<number> {
  const members = new Set<Socket>();
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined).on('close', () => members.delete(socket));
    socket.write('Asterisk Call Manager/11.0.0\r\n');
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const blocks = (text + chunk).split('\r\n\r\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) act(socket, made, members, actionOf(block));
    });
    t.teardown(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

type Action = Readonly<Record<string, string | undefined>>;

function actionOf(block: string): Action {
  return Object.fromEntries(
    block.split('\r\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function act(socket: Socket, made: Made, members: Set<Socket>, action: Action): void {
  const { Action: name = '', ActionID: id } = action;
  const answer = (fields: Readonly<Record<string, string>>) =>
    socket.write(encodeResponse('Success', id ?? null, fields));
  if (made.dropsAt === name) socket.destroy();
  else if (name === 'Login') login(socket, made, members, action);
  else if (name === 'ListCommands') answer(commandsOf(made));
  else if (name === 'CoreSettings') answer({ ...made.settings });
  else if (name === 'GetConfig') answer(sectionOf(made, action));
  else if (name === 'Ping' && made.timestamp !== null) answer({ Ping: 'Pong', Timestamp: made.timestamp ?? nowText() });
}

function login(socket: Socket, made: Made, members: Set<Socket>, { Username = '', Secret, ActionID }: Action) {
  const { logins = true, failures = true, system = true } = made.reports ?? {};
  const remote = parseEndpoint('IPV4/TCP/127.0.0.1');
  if (remote === null) throw new Error('not an address');
  const of = { service: 'AMI', account: Username, sessionId: '0x7f', remote: { ...remote, port: 40_000 } } as const;
  const tell = (event: RaisedEvent) => {
    const frame = encodeSecurityEvent(event, { at: Date.now(), systemName: null, timestamps: false });
    for (const member of members) member.write(frame);
  };
  const isUser = Username === USER && Secret === SECRET;
  if (!isUser && made.strangers !== 'welcome') {
    if (failures) tell({ ...of, event: 'InvalidAccountID' });
    socket.end(encodeResponse('Error', ActionID ?? null, { Message: 'Authentication failed' }));
    return;
  }
  members.add(socket);
  socket.write(encodeResponse('Success', ActionID ?? null, { Message: 'Authentication accepted' }));
  if (system) socket.write(encodeEvent('FullyBooted', 'system', { Status: 'Fully Booted' }));
  if (logins) tell({ ...of, event: 'SuccessfulAuth', usingPassword: false });
}

function commandsOf({ files = {}, settings = {}, commands = [] }: Made) {
  const own = [files === null ? [] : ['GetConfig'], settings === null ? [] : ['CoreSettings'], commands].flat();
  return Object.fromEntries(['Ping', ...own].map((name) => [name, 'what it does']));
}

function sectionOf({ files }: Made, { Filename, Category }: Action) {
  const lines = files?.[`${Filename}/${Category}`] ?? [];
  return Object.fromEntries(lines.map((line, at) => [`Line-000000-${String(at).padStart(6, '0')}`, line]));
}

function nowText(): string {
  return (Date.now() / 1000).toFixed(6);
}

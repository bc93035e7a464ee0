import { createHash, randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { RemoteAddress } from '../domain/remote-address.js';
import type { SecurityEventName } from '../domain/security-event.js';
import {
  encodeEvent,
  encodeResponse,
  type Fields,
  isoTime,
  type RaisedEvent,
  remoteAddress,
  unixTime,
} from './frames.js';
import type { EventClass, PbxOptions, PbxUser, Voice } from './pbx-options.js';

/** What a session needs from its PBX. */
interface Pbx {
  readonly options: PbxOptions;
  readonly startedAt: number;
  readonly voice: Voice;
  readonly refused: { slowReaders: number; longRequests: number };
  raise(event: RaisedEvent): void;
}

/** Longer lines are dropped (`inbuf` of 1025 bytes in Asterisk's main/manager.c), here together with their request. */
const LINE_CHARS_MAX = 1024;
/** AST_MAX_MANHEADERS in Asterisk's include/asterisk/manager.h. */
const LINES_MAX = 128;
/** All other actions need a login first. */
const BEFORE_LOGIN: ReadonlySet<string> = new Set(['login', 'challenge', 'logoff']);

const STRANGER: PbxUser = { secret: '', read: [] };

/** The keys of an action in lower case; the first of two equal ones counts. */
type Action = ReadonlyMap<string, string>;

/** One connection of an AMI client: reads actions and answers them in the words and order of Asterisk 22. */
export class AmiSession {
  readonly socket: Socket;
  /** Null until the login. */
  user: string | null = null;
  readonly #pbx: Pbx;
  readonly #remote: RemoteAddress;
  readonly #localAddress: string;
  readonly #sessionId = `0x7f${randomInt(2 ** 40)
    .toString(16)
    .padStart(10, '0')}`;
  #profile: PbxUser = STRANGER;
  /** The classes that the client wants, out of those that it may read. */
  #classes: ReadonlySet<EventClass> = new Set();
  /** Time of the login, in milliseconds since the Unix epoch; 0 before it. */
  #loginAt = 0;
  #challenge: string | null = null;
  #unread = '';
  #lines: string[] = [];
  /** Whether everything that belongs to the login has been written. */
  #greeted = false;
  #rejected = false;

  constructor(pbx: Pbx, socket: Socket) {
    const transport = `${String(socket.remoteFamily).toUpperCase()}/TCP`;
    this.#pbx = pbx;
    this.socket = socket;
    this.#remote = remoteAddress(`${transport}/${socket.remoteAddress}`, Number(socket.remotePort));
    this.#localAddress = `${transport}/${socket.localAddress}/${socket.localPort}`;
    // A client that resets the connection is an error here; the `close` that follows is all that matters.
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (chunk: string) => this.#read(chunk));
    this.write('Asterisk Call Manager/11.0.0\r\n');
  }

  /** Whether the client gets events of this class and, if a security event is named, that one. */
  hears(eventClass: EventClass, name?: SecurityEventName): boolean {
    return this.#classes.has(eventClass) && !(name !== undefined && this.#profile.hides?.(name) === true);
  }

  /** Writes, unless the PBX has fallen silent. A client that does not read is disconnected. */
  write(bytes: string | Uint8Array): void {
    const { voice, options, refused } = this.#pbx;
    if (voice === 'nothing' || (voice === 'login-only' && this.#greeted)) return;
    this.socket.write(bytes);
    if (this.socket.writableLength <= options.backlogBytesMax || this.socket.destroyed) return;
    refused.slowReaders += 1;
    this.socket.destroy();
  }

  /** Closes as soon as everything is written. */
  end(lastWords = ''): void {
    this.write(lastWords);
    this.socket.destroySoon();
  }

  #read(chunk: string): void {
    const lines = (this.#unread + chunk).split('\r\n');
    this.#unread = lines.splice(-1).join('');
    for (const line of lines) {
      if (line !== '') this.#lines.push(line);
      else if (this.#lines.length > 0) this.#act(actionOf(this.#lines.splice(0)));
    }
    if (this.#unread.length <= LINE_CHARS_MAX && this.#lines.length <= LINES_MAX) return;
    this.#pbx.refused.longRequests += 1;
    this.#unread = '';
    this.#lines = [];
  }

  #act(action: Action): void {
    if (this.#rejected) return;
    const name = action.get('action') ?? '';
    const kind = name.toLowerCase();
    if (name === '') this.#badFormat(action, 'NONE', 'Missing action in request');
    else if (this.user === null && !BEFORE_LOGIN.has(kind)) {
      this.#answer(action, 'Error', { Message: 'Permission denied' });
      this.#report({ event: 'RequestNotAllowed', account: null, requestType: `Action: ${name}` });
    } else if (kind === 'login') this.#login(action);
    else if (kind === 'challenge' && this.#pbx.options.challenge) this.#sendChallenge(action);
    else if (kind === 'events') this.#chooseEvents(action);
    else if (kind === 'ping') {
      this.#answer(action, 'Success', { Ping: 'Pong', Timestamp: unixTime(this.#pbx.options.clock()) });
    } else if (kind === 'logoff') {
      this.#answer(action, 'Goodbye', { Message: 'Thanks for all the fish.' });
      this.end();
    } else {
      const hint = 'Use Action: ListCommands to show available commands.';
      this.#badFormat(action, name, `Invalid/unknown command: ${name}. ${hint}`);
    }
  }

  #login(action: Action): void {
    const name = action.get('username') ?? '';
    const user = this.#pbx.options.users.get(name);
    if (this.user !== null) this.#answer(action, 'Success', { Message: 'Already authenticated' });
    else if (user !== undefined && this.#proves(action, user)) this.#welcome(action, name, user);
    else {
      const failure = this.#failure(action, name, user);
      if (failure !== null) this.#report(failure);
      this.#reject(action);
    }
  }

  #proves(action: Action, user: PbxUser): boolean {
    if (!isMd5(action)) return action.get('secret') === user.secret;
    return this.#challenge !== null && action.get('key')?.toLowerCase() === md5(this.#challenge + user.secret);
  }

  /** The event of a rejected login; null if Asterisk raises none: without a name, or MD5 without a challenge. */
  #failure(action: Action, account: string, user: PbxUser | undefined): AmiEvent | null {
    if (account === '') return null;
    if (user === undefined) return { event: 'InvalidAccountID', account };
    if (!isMd5(action)) return { event: 'InvalidPassword', account };
    if (this.#challenge === null) return null;
    const wire = {
      Challenge: this.#challenge,
      Response: action.get('key') ?? '',
      ExpectedResponse: md5(this.#challenge + user.secret),
    };
    return { event: 'ChallengeResponseFailed', account: null, wire };
  }

  #welcome(action: Action, account: string, user: PbxUser): void {
    const { clock, withLogin } = this.#pbx.options;
    this.user = account;
    this.#profile = user;
    this.#loginAt = clock();
    const uptime = String(Math.floor((this.#loginAt - this.#pbx.startedAt) / 1000));
    this.#classes = new Set(wanted(action.get('events') ?? 'on', user.read));
    if (withLogin.length > 0) this.socket.cork();
    this.#answer(action, 'Success', { Message: 'Authentication accepted' });
    if (this.hears('system')) {
      this.write(encodeEvent('FullyBooted', 'system', { Uptime: uptime, LastReload: uptime, Status: 'Fully Booted' }));
    }
    this.#report({ event: 'SuccessfulAuth', account, usingPassword: false });
    for (const event of withLogin) this.#pbx.raise(event);
    this.socket.uncork();
    this.#greeted = true;
  }

  #reject(action: Action): void {
    this.#rejected = true;
    const timer = setTimeout(() => {
      this.#answer(action, 'Error', { Message: 'Authentication failed' });
      this.end();
    }, this.#pbx.options.rejectMs);
    this.socket.once('close', () => clearTimeout(timer));
  }

  #sendChallenge(action: Action): void {
    if (!isMd5(action)) {
      this.#answer(action, 'Error', { Message: 'Must specify AuthType' });
      return;
    }
    this.#challenge ??= String(randomInt(2 ** 31));
    this.#answer(action, 'Success', { Challenge: this.#challenge });
  }

  #chooseEvents(action: Action): void {
    this.#classes = new Set(wanted(action.get('eventmask') ?? 'on', this.#profile.read));
    this.#answer(action, 'Success', { Events: this.#classes.size > 0 ? 'On' : 'Off' });
  }

  #badFormat(action: Action, name: string, message: string): void {
    this.#answer(action, 'Error', { Message: message });
    this.#report({ event: 'RequestBadFormat', account: this.user, requestType: `Action: ${name}` });
  }

  #report(event: AmiEvent): void {
    const wire = { LocalAddress: this.#localAddress, SessionTV: isoTime(this.#loginAt), ...event.wire };
    this.#pbx.raise({ ...event, service: 'AMI', sessionId: this.#sessionId, remote: this.#remote, wire });
  }

  #answer(action: Action, result: 'Success' | 'Error' | 'Goodbye', fields: Fields): void {
    this.write(encodeResponse(result, action.get('actionid') ?? null, fields));
  }
}

type Unaddressed<Event> = Event extends RaisedEvent ? Omit<Event, 'service' | 'sessionId' | 'remote'> : never;
type AmiEvent = Unaddressed<RaisedEvent>;

function actionOf(lines: readonly string[]): Action {
  const action = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const key = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!action.has(key)) action.set(key, line.slice(colon + 1).trim());
  }
  return action;
}

/** The classes that an event mask leaves of those that the user may read: `on`, `off`, or a list of classes. */
function wanted(mask: string, read: readonly EventClass[]): readonly EventClass[] {
  if (mask === 'on') return read;
  const classes = mask.split(',');
  return read.filter((eventClass) => classes.includes(eventClass));
}

function isMd5(action: Action): boolean {
  return action.get('authtype')?.toUpperCase() === 'MD5';
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

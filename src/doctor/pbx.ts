import type { ExporterConfig } from '../config/load-config.js';
import type { SecurityEvent, SecurityEventName } from '../domain/security-event.js';
import { AmiError } from '../sources/ami/ami-error.js';
import { Client } from '../sources/ami/client.js';
import { Connector } from '../sources/ami/connector.js';
import type { AmiMessage } from '../sources/ami/message.js';
import { visibleText } from '../text/visible-text.js';

type AmiConfig = Extract<ExporterConfig, { source: 'ami' }>;

/** How a connection to AMI is opened and logged in, as the exporter does. */
export function connectorOptions({ ami }: AmiConfig) {
  return {
    host: ami.host,
    port: ami.port,
    tls: ami.tls ? { ca: ami.tlsCaFile, serverName: ami.tlsServerName, verify: ami.tlsVerify } : null,
    connectMs: Math.min(ami.connectSeconds * 1000, STEP_MS),
    loginMs: Math.min(ami.loginSeconds * 1000, STEP_MS),
    method: ami.login,
    events: ami.events,
    pbx: null,
    pbxDefault: ami.host,
    blockBytesMax: ANSWER_BYTES_MAX,
  };
}

/** One section of one of Asterisk's files, its keys and values in order. Of `manager.conf` no secret is kept. */
export type Section = readonly (readonly [key: string, value: string])[];

/** The longest answer that is read: a section of a file. */
const ANSWER_BYTES_MAX = 1_048_576;
/** How long each step may take: to connect, to log in, an answer, an event. */
const STEP_MS = 5_000;
const SECRETS = new Set(['secret', 'password', 'md5secret', 'remotesecret', 'md5_cred']);
const VALUE_COLUMNS_MAX = 256;

/** A PBX that we are logged in to. It is asked for nothing that our user may not do: that would be a security event. */
export class Pbx {
  readonly #client: Client;
  readonly #heard: Map<SecurityEventName, SecurityEvent[]>;
  readonly #systemEvents: ReadonlySet<string>;
  #actions: ReadonlySet<string> = new Set();
  readonly #wakes = new Set<() => void>();

  private constructor(client: Client, state: Shared) {
    this.#client = client;
    this.#heard = state.heard;
    this.#systemEvents = state.systemEvents;
    state.onEvent = () => {
      for (const wake of this.#wakes) wake();
    };
  }

  /** @throws AmiError when it does not come about. */
  static async open(config: AmiConfig): Promise<Pbx> {
    const state: Shared = { heard: new Map(), systemEvents: new Set(), onEvent: () => undefined };
    const onEvent = (event: SecurityEvent) => {
      // Whatever attackers do elsewhere, what is ours comes by AMI.
      if (event.service !== 'AMI') return;
      const events = state.heard.get(event.event) ?? [];
      if (events.length < EVENTS_MAX) state.heard.set(event.event, [...events, event]);
      state.onEvent();
    };
    const client = new Client(new Connector({ ...connectorOptions(config), onEvent, onMalformed: () => undefined }));
    client.on('event', (event: AmiMessage) => {
      if (state.systemEvents.size < EVENTS_MAX) state.systemEvents.add(event['Event'] ?? '');
      state.onEvent();
    });
    await client.connect(config.ami.username, config.ami.secret.reveal());
    const pbx = new Pbx(client, state);
    const commands = await pbx.#ask({ Action: 'ListCommands' });
    pbx.#actions = new Set(Object.keys(commands));
    return pbx;
  }

  /** Whether our user may have this done. */
  may(action: string): boolean {
    return this.#actions.has(action);
  }

  /** Waits a while for a security event that fits. */
  hears(name: SecurityEventName, fits: (event: SecurityEvent) => boolean): Promise<boolean> {
    return this.#within(() => (this.#heard.get(name) ?? []).some(fits));
  }

  /** Waits a while for an event of the class `system`. */
  hearsSystem(name: string): Promise<boolean> {
    return this.#within(() => this.#systemEvents.has(name));
  }

  /** By how many milliseconds its clock is ahead of ours, and how well that is known; null where it does not say. */
  async clockSkew(now: () => number): Promise<{ readonly ms: number; readonly errorMs: number } | null> {
    const from = now();
    const { Timestamp: text = '' } = await this.#ask({ Action: 'Ping' });
    const to = now();
    if (!/^\d{9,11}\.\d{1,6}$/.test(text)) return null;
    return { ms: Number(text) * 1000 - (from + to) / 2, errorMs: (to - from) / 2 };
  }

  /** What CoreSettings says; null where our user may not ask. */
  async settings(): Promise<AmiMessage | null> {
    return this.may('CoreSettings') ? this.#ask({ Action: 'CoreSettings' }) : null;
  }

  /** A section of a file, empty where there is none; null where our user may not ask. */
  async section(file: string, section: string): Promise<Section | null> {
    if (!this.may('GetConfig')) return null;
    const answer = await this.#ask({ Action: 'GetConfig', Filename: file, Category: section });
    return Object.entries(answer).flatMap(([key, line]) => {
      const name = key.startsWith('Line-') ? line.slice(0, Math.max(0, line.indexOf('='))).toLowerCase() : '';
      return name === '' || SECRETS.has(name)
        ? []
        : [[name, visibleText(line.slice(name.length + 1), VALUE_COLUMNS_MAX)]];
    });
  }

  close(): void {
    this.#client.disconnect();
  }

  /** Our deadline is shorter than that of the package. @throws AmiError when it is over. */
  async #ask(action: AmiMessage): Promise<AmiMessage> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new AmiError(`no answer to ${action['Action']} within ${STEP_MS / 1000} s`);
      timer = setTimeout(() => reject(error), STEP_MS);
    });
    try {
      return await Promise.race([this.#client.action({ ...action, ActionID: crypto.randomUUID() }, true), late]);
    } catch (error) {
      throw error instanceof AmiError ? error : new AmiError((error as Error).message, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async #within(isTrue: () => boolean): Promise<boolean> {
    const giveUpAt = performance.now() + EVENT_MS;
    while (!isTrue()) {
      const leftMs = giveUpAt - performance.now();
      if (leftMs <= 0) return false;
      await this.#next(leftMs);
    }
    return true;
  }

  async #next(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wakes.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#wakes.add(wake);
    });
  }
}

/** What a connection has told before there is a Pbx. */
interface Shared {
  readonly heard: Map<SecurityEventName, SecurityEvent[]>;
  readonly systemEvents: Set<string>;
  onEvent: () => void;
}

/** Of one type; enough to find our own among those of an attack. */
const EVENTS_MAX = 1_000;
/** Our own login is reported within a millisecond. */
const EVENT_MS = 2_000;

import { setImmediate as turn } from 'node:timers/promises';
import type { Test } from 'tap';
import type { SecurityEvent } from '../../../src/domain/security-event.js';
import type { MalformedReason, SourceHandlers, SourceState } from '../../../src/domain/source.js';
import { AmiSource, type AmiSourceOptions } from '../../../src/sources/ami/ami-source.js';

export const SECRET = 'correct-horse-battery';

/** Deadlines that no test reaches unless it sets one, and quick reconnects. */
export const OPTIONS: Omit<AmiSourceOptions, 'port'> = {
  host: '127.0.0.1',
  tls: null,
  credentials: { username: 'secmon', secret: SECRET },
  method: 'auto',
  events: 'security,system',
  pbx: null,
  pbxDefault: 'test-pbx',
  blockBytesMax: 65_536,
  connectMs: 20_000,
  loginMs: 20_000,
  reconnectFirstMs: 4,
  reconnectMaxMs: 20,
  canaryMs: 20_000,
  deafMs: 40_000,
  probe: false,
  pingMs: 20_000,
  deadlineMs: 20_000,
};

/** Remembers all that a source says, and tells when enough was said. */
export class Witness implements SourceHandlers {
  readonly events: SecurityEvent[] = [];
  readonly malformed: MalformedReason[] = [];
  readonly states: SourceState[] = [];
  #wake: () => void = () => undefined;

  readonly onEvent = (event: SecurityEvent) => {
    this.events.push(event);
    this.#wake();
  };
  readonly onMalformed = (reason: MalformedReason) => {
    this.malformed.push(reason);
    this.#wake();
  };
  readonly onState = (state: SourceState) => {
    this.states.push(state);
    this.#wake();
  };

  /** The reasons of the disconnections so far. */
  get reasons(): string[] {
    return this.states.flatMap((state) => (state.state === 'disconnected' ? [state.reason] : []));
  }

  /** The names of the states so far. */
  get names(): string[] {
    return this.states.map(({ state }) => state);
  }

  async until(isEnough: () => boolean): Promise<void> {
    while (!isEnough()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Starts a source that ends with the test, if not before by `stop`. */
export function begin(t: Test, options: Partial<AmiSourceOptions> & { port: number }, witness = new Witness()) {
  const abort = new AbortController();
  const ended = new AmiSource({ ...OPTIONS, ...options }).start(witness, abort.signal);
  const stop = async () => {
    abort.abort();
    await ended;
  };
  t.teardown(stop);
  return { witness, stop, ended, abort };
}

/** The kinds of what a source can leave behind that keeps the process alive. */
const KINDS = /^(Timeout|Immediate|.*(TCP|TLS|Connect|GetAddrInfo).*)$/;

/**
 * Waits until nothing of a source keeps the process alive but what did `before`: to close a socket takes some turns of the loop.
 * @throws Error where something is still there after two seconds.
 */
export async function settled(before: readonly string[]): Promise<void> {
  const giveUpAt = performance.now() + 2_000;
  for (;;) {
    const left = process.getActiveResourcesInfo().filter((kind) => KINDS.test(kind));
    for (const kind of before) if (left.includes(kind)) left.splice(left.indexOf(kind), 1);
    if (left.length === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`left behind: ${left.join(', ')}`);
    await turn();
  }
}

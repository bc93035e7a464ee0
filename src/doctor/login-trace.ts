import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SecurityEvent } from '../domain/security-event.js';
import { MessagesLog } from '../sources/log/messages-log.js';
import { SecurityLog } from '../sources/log/security-log.js';

/** Why Asterisk refused a login: it says so in its logs, and never to the client. */
export type Refusal = 'user' | 'secret' | 'address';

/** As they are usually called. */
const FILES = ['security', 'messages', 'full', 'messages.log', 'full.log', 'security.log'];
const BYTES_MAX = 262_144;

/** What Asterisk writes into its logs from now on, as far as we may read them. */
export class LoginTrace {
  readonly #sizes: ReadonlyMap<string, number>;

  /** @param folder where Asterisk's logs are. */
  constructor(folder: string) {
    const sizes = FILES.map((name) => join(folder, name)).flatMap((path) => {
      const size = sizeOf(path);
      return size === null ? [] : [[path, size] as const];
    });
    this.#sizes = new Map(sizes);
  }

  /** Why this user was refused since; null where no log that we may read says so. */
  refusalOf(username: string): Refusal | null {
    const refusals = new Set(this.#events().map((event) => refusal(event, username)));
    const order = ['user', 'address', 'secret'] as const;
    return order.find((why) => refusals.has(why)) ?? null;
  }

  #events(): SecurityEvent[] {
    const events: SecurityEvent[] = [];
    const nothing = () => undefined;
    const output = { onEvent: (event: SecurityEvent) => events.push(event), onMalformed: nothing, onIgnored: nothing };
    for (const [path, size] of this.#sizes) {
      const text = readFrom(path, size);
      for (const reader of [
        new SecurityLog({ pbx: '' }, output),
        new MessagesLog({ pbx: '', clock: Date.now }, output),
      ]) {
        reader.read(text, true);
        reader.settle();
      }
    }
    return events;
  }
}

function refusal({ event, service, account }: SecurityEvent, username: string): Refusal | null {
  if (service !== 'AMI') return null;
  // The MD5 login is refused without the name.
  if (event === 'ChallengeResponseFailed') return 'secret';
  if (account !== username) return null;
  if (event === 'InvalidPassword') return 'secret';
  if (event === 'FailedACL') return 'address';
  return event === 'InvalidAccountID' ? 'user' : null;
}

function sizeOf(path: string): number | null {
  try {
    const stats = statSync(path);
    return stats.isFile() ? stats.size : null;
  } catch {
    // It is not there, or not for us.
    return null;
  }
}

/** The whole lines behind a place; empty where they cannot be read. */
function readFrom(path: string, place: number): Buffer {
  const bytes = Buffer.alloc(BYTES_MAX);
  try {
    const file = openSync(path, 'r');
    try {
      const length = readSync(file, bytes, 0, BYTES_MAX, place);
      return bytes.subarray(0, bytes.lastIndexOf('\n', length) + 1);
    } finally {
      closeSync(file);
    }
  } catch {
    // Readable for others only.
    return Buffer.alloc(0);
  }
}

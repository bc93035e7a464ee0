import type { EvidenceName } from '../domain/finding.js';
import type { Told } from './told.js';

/** How a kind of finding is told. */
export interface Story {
  readonly title: (told: Told) => string;
  /** One or two sentences: who, what, where, since when. */
  readonly what: (told: Told) => string;
  /** The evidence that title and `what` tell; the rest follows in sentences of its own. */
  readonly tells: readonly EvidenceName[];
  /** What to do. */
  readonly next: (told: Told) => string;
}

/** Nothing that attackers chose is part of a command. */
const COMMANDS: ReadonlyMap<string, string> = new Map([
  ['PJSIP', 'pjsip show contacts'],
  ['SIP', 'sip show peers'],
  ['AMI', 'manager show connected'],
]);

export function lookAt(service: string): string {
  const command = COMMANDS.get(service);
  return command === undefined ? 'see' : `see with asterisk -rx '${command}'`;
}

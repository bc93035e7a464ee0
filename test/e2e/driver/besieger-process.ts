// Plays all besiegers at the same time, from a network namespace, and tells what became of their guesses.
import { setTimeout as delay } from 'node:timers/promises';
import type { Besieged, Besieger, BesiegerPlan } from './besieger.js';
import { register } from './register.js';
import type { SipTarget } from './sip-connection.js';

/** Nothing is lost on a cable, and Asterisk answers within some milliseconds where it answers at all. */
const ANSWER_MS = 1500;
/** An address that so many guesses in a row went unanswered of is banned. */
const UNANSWERED_MAX = 2;

const { host, port, besiegers } = JSON.parse(process.argv[2] ?? '') as BesiegerPlan;
process.once('disconnect', () => process.exit());
const besieged = await Promise.all(besiegers.map(besiege));
process.send?.(besieged satisfies readonly Besieged[], () => process.exit());

async function besiege(besieger: Besieger): Promise<Besieged> {
  const { name, from } = besieger;
  const each = await Promise.all(from.map((_, index) => guessFrom(besieger, index)));
  const sum = (key: 'sent' | 'answered') => each.reduce((total, one) => total + one[key], 0);
  return { name, sent: sum('sent'), answered: sum('answered') };
}

/** The addresses begin one after the other, within the pause that each makes. */
async function guessFrom({ from, fromPort, transport, users, password, guesses, pauseMs }: Besieger, index: number) {
  const target = { transport, host, port, from: from[index] ?? '', fromPort, ca: Buffer.alloc(0) };
  let [sent, answered, unanswered] = [0, 0, 0];
  await delay((pauseMs * index) / from.length);
  while (sent < guesses && unanswered < UNANSWERED_MAX) {
    const isHeard = await isAnswered(target, users[sent % users.length] ?? '', password);
    sent += 1;
    answered += isHeard ? 1 : 0;
    unanswered = isHeard ? 0 : unanswered + 1;
    await delay(pauseMs);
  }
  return { sent, answered };
}

async function isAnswered(target: SipTarget, user: string, password: string | null): Promise<boolean> {
  // Who is rejected instead of ignored gets no connection.
  const guess = register(target, { user, password }).catch(() => null);
  const status = await Promise.race([guess, delay(ANSWER_MS, null)]);
  if (status !== null && status < 400) throw new Error(`${user} is answered with ${status}`);
  return status !== null;
}

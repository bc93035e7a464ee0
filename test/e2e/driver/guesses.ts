import { setTimeout as delay } from 'node:timers/promises';
import { openPhone, register } from './register.js';
import type { SipTarget } from './sip-connection.js';

/**
 * Guesses `times` passwords at one account, each with a Call-ID of its own; every datagram goes out `copies` times.
 * @throws where one is right
 */
export async function guess(target: SipTarget, user: string, times: number, copies = 1): Promise<void> {
  for (const n of numbers(times)) await refuse(target, user, { password: `guess-${n}`, copies });
}

/** One registration that has to fail; without a password the challenge stays unanswered. */
export async function refuse(
  target: SipTarget,
  user: string,
  { password = null, copies = 1 }: { readonly password?: string | null; readonly copies?: number } = {},
): Promise<void> {
  const status = await register(target, { user, password }, copies);
  if (status < 400) throw new Error(`${user} is answered with ${status}`);
}

/** One registration with the right password, which has to succeed. */
export async function accept(target: SipTarget, user: string, copies = 1): Promise<void> {
  const status = await register(target, { user, password: `pw-${user}` }, copies);
  if (status !== 200) throw new Error(`${user} is answered with ${status}`);
}

/** Guesses passwords in answer to one challenge, within one Call-ID. */
export async function reuseNonce(target: SipTarget, user: string, times: number): Promise<void> {
  const phone = await openPhone(target, user);
  try {
    const { challenge } = await phone.ask();
    for (const n of numbers(times)) {
      const { status } = await phone.ask({ challenge: challenge ?? '', password: `guess-${n}` });
      if (status !== 401) throw new Error(`a guess is answered with ${status}`);
    }
  } finally {
    phone.close();
  }
}

/** A phone whose second registration begins with the nonce of the first, which is over by then: its `nonce_lifetime` is a second. */
export async function registerWithOldNonce(target: SipTarget, user: string): Promise<void> {
  const phone = await openPhone(target, user);
  try {
    const proof = { password: `pw-${user}`, challenge: (await phone.ask()).challenge ?? '' };
    const first = await phone.ask(proof);
    await delay(2100);
    const second = await phone.ask(proof);
    const third = await phone.ask({ ...proof, challenge: second.challenge ?? '' });
    const statuses = [first, second, third].map(({ status }) => status).join();
    if (statuses !== '200,401,200' || !/stale=true/.test(second.challenge ?? '')) {
      throw new Error(`an old nonce is answered with ${statuses}, ${second.challenge}`);
    }
  } finally {
    phone.close();
  }
}

export function numbers(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

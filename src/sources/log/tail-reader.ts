import { type EventType, LATE_ACCOUNT } from '../event-types.js';

/** What follows RemoteAddress. */
interface Tail {
  readonly detail: string | null;
  /** Null if the account is not there. */
  readonly account: string | null;
}

/** Whether a tail of the type's can begin at `from`. */
export type TailTest = (text: string, from: number, end: number) => boolean;

/** @returns null if the text from `from` to `end` is no tail of the type. */
export type TailReader = (text: string, from: number, end: number) => Tail | null;

/**
 * The values in a tail that a client can choose, over SIP as digest or over AMI as action; the rest is Asterisk's or
 * its configuration's (channels/sip/security_events.c, res/res_pjsip/security_events.c, main/manager.c).
 */
const HOSTILE_KEYS = new Set([
  'AuthMethod',
  'ExpectedResponse',
  'ReceivedChallenge',
  'ReceivedHash',
  'RequestParams',
  'RequestType',
  'Response',
]);

/** Of these the tail says nothing that an event carries on, so that a quote in it does not matter: the two that SIP clients raise. */
const LOOSE = new Set(['ChallengeResponseFailed', 'InvalidPassword']);

const NO_TAIL: Tail = { detail: null, account: null };

/** Whether a client can write into the type's tail. */
export function hasHostileTail(type: EventType): boolean {
  return type.tailKeys.some((key) => HOSTILE_KEYS.has(key));
}

/**
 * Makes the test of where a tail of the type's can begin: at the end of the line, or at one of its keys; the caller has
 * seen the quote at its end.
 */
export function tailTest({ tailKeys }: EventType): TailTest {
  const marks = tailKeys.map((key) => `,${key}="`);
  return (text, from, end) =>
    from === end || marks.some((mark) => from + mark.length < end && text.startsWith(mark, from));
}

/**
 * Makes the reader of the type's tail, for where its test has found that it begins. In a loose one nothing is looked
 * for: Asterisk 10 and 11 write InvalidPassword's challenges before Module, later ones after SessionTV. In any other
 * no value has a quote: then there is one way to read it.
 */
export function tailReader(type: EventType): TailReader {
  return LOOSE.has(type.name) ? () => NO_TAIL : strictTail(type);
}

function strictTail({ tailKeys, detailKey }: EventType): TailReader {
  const pattern = new RegExp(`^${tailKeys.map((key) => `(?:,${key}="([^"]*)")?`).join('')}$`);
  const detailAt = 1 + tailKeys.indexOf(detailKey ?? '');
  const accountAt = 1 + tailKeys.indexOf(LATE_ACCOUNT);
  return (text, from, end) => {
    const values = pattern.exec(text.slice(from, end));
    if (values === null) return null;
    const value = (at: number) => (at === 0 ? null : (values[at] ?? null));
    return { detail: value(detailAt), account: value(accountAt) };
  };
}

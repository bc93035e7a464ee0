import { quote } from './formats.js';
import { settings } from './schema.js';
import { suggest } from './suggest.js';

/** What the process was started with; `process.env` has this form. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** First words of our names that other programs use too: HTTP_PROXY and its like are no business of ours. */
const SHARED = ['CONFIG', 'GRAPHITE', 'HTTP', 'LOG', 'PBX', 'STATE', 'STOP'];

/** Settings of 0.1.0 that have no meaning any more; whoever tuned them should know. */
const RETIRED = new Set([
  'SCORE_HALF_LIFE_SECONDS',
  'SLOW_THRESHOLD',
  'SLOW_HALF_LIFE_HOURS',
  'BREACH_FAILURES',
  'BREACH_WARNING',
  'BREACH_CRITICAL',
]);

/** Variables that begin with a first word of ours alone. */
const OURS = new RegExp(`^(${ownWords().join('|')})_`);

function ownWords(): string[] {
  const words = [...settings.values()].flatMap(({ env }) => /^[A-Z]+(?=_)/.exec(env) ?? []);
  return [...new Set(words)].filter((word) => !SHARED.includes(word));
}

/** What Kubernetes and Docker links set in a container for a service or a container that is called `statsd`, `ami` and so on. */
const INJECTED = /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)|_ENV_/;
const INJECTED_VALUES = [/_PORT=(tcp|udp|sctp):\/\//, /_NAME=\//];

/**
 * Faults for the variables that have a name like ours and are none of ours, so that a slip of the pen does not go unnoticed.
 * Their values are not looked at: one may be a secret.
 */
export function unknownVariables(environment: Environment): string[] {
  const known = new Set([...settings.values()].map(({ env }) => env));
  return Object.entries(environment)
    .filter(([name, text = '']) => text !== '' && isOurs(name) && !known.has(name) && !isInjected(name, text))
    .map(([name]) => unknownFault(/^\w{1,64}$/.test(name) ? name : quote(name), suggest(name, known)));
}

function isOurs(name: string): boolean {
  return OURS.test(name) || RETIRED.has(name);
}

function isInjected(name: string, text: string): boolean {
  return INJECTED.test(name) || INJECTED_VALUES.some((pattern) => pattern.test(`${name}=${text}`));
}

/** @param meant null where nothing is near */
export function unknownFault(name: string, meant: string | null): string {
  if (RETIRED.has(name)) return `${name} no longer exists: the detector weighs evidence instead; remove it`;
  return meant === null ? `${name} is not known: remove it` : `${name} is not known; did you mean ${meant}?`;
}

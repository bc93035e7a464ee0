import { inspect } from 'node:util';

const SHOWN_MAX = 200;

/** Text as it can be shown in a message: in quotes, control characters escaped, at most 200 characters of it. */
export function quote(text: string): string {
  return text.length > SHOWN_MAX ? `${inspect(text.slice(0, SHOWN_MAX))}...` : inspect(text);
}

import { BAN_REASON_LENGTH_MAX } from '../domain/ban.js';

/** Controls, marks that turn the direction of writing, halves of characters and the like; ends of lines and of paragraphs. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The text as it may be kept and shown: cut to BAN_REASON_LENGTH_MAX, with `?` for each character that cannot be seen. */
export function printable(text: string): string {
  return text.slice(0, BAN_REASON_LENGTH_MAX).replace(UNPRINTABLE, '?');
}

import { FRAMES } from '../ami/event-frames.js';

export const PREFIX = '[Nov 21 01:44:33] SECURITY[31255] res_security_log.c: ';

/** What stands in a message, in the order of its keys. */
export type Values = Readonly<Record<string, string>>;

/** Every type with every key that it can have, as the AMI's frames are. */
export const MESSAGES: readonly Values[] = FRAMES.map(({ event, lines }) => ({
  SecurityEvent: event.event,
  ...Object.fromEntries(lines.slice(2).map((line) => [line.slice(0, line.indexOf(':')), line.replace(/^\w+: /, '')])),
}));

/** A failed password of chan_sip's, with other values than usual where some are given. */
export function message(values: Values = {}): Values {
  return {
    SecurityEvent: 'InvalidPassword',
    EventTV: '2026-11-21T01:45:33.201+0000',
    Severity: 'Error',
    Service: 'PJSIP',
    EventVersion: '2',
    AccountID: '101',
    SessionID: '8f8f8f-0001',
    LocalAddress: 'IPV4/UDP/192.0.2.1/5060',
    RemoteAddress: 'IPV4/UDP/203.0.113.9/40000',
    Challenge: '5777486f',
    ...values,
  };
}

/**
 * A message as Asterisk writes it (`append_json_single` in res/res_security_log.c): nothing is escaped, what stands from
 * an escape character to the next `m` is left out (`term_strip` in main/term.c), and of a message that is too long the
 * end is (`ast_str_set_va` in main/logger.c).
 */
export function logLine(values: Values, prefix = PREFIX, bytesMax = 8191): string {
  const text = Object.entries(values)
    .map(([key, value]) => `${key}="${value}"`)
    .join(',');
  return `${prefix}${`${text}\n`.slice(0, bytesMax)}`.replace(STRIPPED, '');
}

const STRIPPED = new RegExp(`${String.fromCharCode(0x1b)}[^m]*m?`, 'g');

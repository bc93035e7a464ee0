import { logLine, MESSAGES, type Values } from '../sources/log/log-lines.js';

const AMI: Values = {
  Service: 'AMI',
  AccountID: 'stats',
  SessionID: '0x7f5a1c0f2e00',
  LocalAddress: 'IPV4/TCP/127.0.0.1/5038',
  RemoteAddress: 'IPV4/TCP/127.0.0.1/40000',
};

/** What Asterisk writes into its security log about a login at AMI, as the user `stats` where nothing else is said. */
export function amiLogLine(event: string, values: Values = {}): string {
  const made = MESSAGES.find(({ SecurityEvent }) => SecurityEvent === event);
  return logLine({ ...made, ...AMI, ...values });
}

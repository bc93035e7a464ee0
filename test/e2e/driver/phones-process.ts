// Good phones in a network namespace: they register until they are told to stop, and tell how often they did.
import { once } from 'node:events';
import { startGoodPhones } from './good-phones.js';

/** What the process is told. */
export interface PhonesPlan {
  readonly host: string;
  readonly port: number;
  readonly phones: readonly { readonly user: string; readonly from: string; readonly fromPort?: number }[];
  readonly pauseMs: number;
}

/** What it tells at its end: logins, or why a phone was not let in. */
export type PhonesReport = { readonly logins: number } | { readonly fault: string };

const { host, port, phones, pauseMs } = JSON.parse(process.argv[2] ?? '') as PhonesPlan;
const running = startGoodPhones(
  phones.map(({ user, from, fromPort }) => ({
    user,
    password: `pw-${user}`,
    target: { transport: 'udp', host, port, from, fromPort, ca: Buffer.alloc(0) },
  })),
  pauseMs,
);
process.once('disconnect', () => process.exit());
process.send?.('started');
await once(process, 'message');
const report: PhonesReport = await running.stop().then(
  (logins) => ({ logins }),
  (error: Error) => ({ fault: error.message }),
);
process.send?.(report, () => process.exit());

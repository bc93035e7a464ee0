// Asks from thousands of addresses, in a network namespace whose own they all are, as somebody who forges them would: nobody
// answers a challenge. Tells how many of the requests were answered.
import { registration } from './register.js';
import { connectSip, type SipConnection } from './sip-connection.js';

/** What the process is told. */
export interface ForgedPlan {
  readonly host: string;
  readonly port: number;
  /** Who comes first, how many requests each sends, and from which port; without one, from any. */
  readonly first: readonly (readonly [address: string, requests: number, port?: number])[];
  /** How many others come then, from 10.64.0.1 on, with `REQUESTS` requests each. */
  readonly others: number;
}

export interface ForgedReport {
  readonly sent: number;
  readonly answered: number;
}

/** More than the twelve names that make an enumeration. */
const REQUESTS = 14;
/** PJSIP drops all of more than some five hundred that wait. */
const AT_ONCE = 100;
/** What is not answered until then was dropped. */
const ANSWER_MS = 150;

const { host, port, first, others } = JSON.parse(process.argv[2] ?? '') as ForgedPlan;
process.once('disconnect', () => process.exit());
const friends = new Set(first.map(([address]) => address));
let [sent, answered] = [0, 0];
/** Is told of each answer. */
let onAnswer: () => void = () => {};
for (const [address, requests, fromPort] of first) await askFrom([address], requests, fromPort);
for (let n = 0; n < others; n += AT_ONCE) {
  const addresses = Array.from({ length: Math.min(AT_ONCE, others - n) }, (_, index) => otherAddress(n + index));
  await askFrom(
    addresses.filter((address) => !friends.has(address)),
    REQUESTS,
  );
}
process.send?.({ sent, answered } satisfies ForgedReport, () => process.exit());

/** 250 of each /24. */
function otherAddress(number: number): string {
  return `10.64.${Math.floor(number / 250)}.${1 + (number % 250)}`;
}

/** Each asks for a user of its own each time, all of them at the same time. */
async function askFrom(addresses: readonly string[], requests: number, fromPort?: number): Promise<void> {
  const connections = await Promise.all(
    addresses.map((from) => connectSip({ transport: 'udp', host, port, from, fromPort, ca: Buffer.alloc(0) })),
  );
  for (const connection of connections) {
    connection.onMessage(() => {
      answered += 1;
      onAnswer();
    });
  }
  for (let n = 0; n < requests; n += 1) await askOnce(connections);
  for (const connection of connections) connection.close();
}

async function askOnce(connections: readonly SipConnection[]): Promise<void> {
  let waiting = connections.length;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ANSWER_MS);
    onAnswer = () => {
      waiting -= 1;
      if (waiting > 0) return;
      clearTimeout(timer);
      resolve();
    };
    for (const connection of connections) connection.send(requestOf(connection));
  });
}

function requestOf({ local }: SipConnection): string {
  sent += 1;
  return registration({ transport: 'udp', local, server: `${host}:${port}`, user: `forged-${sent}` })(1, null);
}

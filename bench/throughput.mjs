// Events per CPU second: AMI bytes over loopback to StatsD datagrams with both meters, beside the stock client of
// asterisk-ami-client, a raw read of the same bytes, and the same exporter with its detection on, in one run. Each reader is a process of its own that reports its
// own CPU time (user and system); a ratio is taken within a round, and the median of the rounds is printed.
//
//   npm run bench            (five rounds, some twenty seconds)
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
/** The stock client is some hundred times slower than a read: fewer events take it as long. */
const EVENTS = { raw: 5_000_000, exporter: 5_000_000, detection: 5_000_000, stock: 40_000 };
const KINDS = ['raw', 'exporter', 'detection', 'stock'];
const ADDRESSES = 50;
/** A reader that takes longer than this is ended, and the benchmark with it. */
const READER_MS = 120_000;
const CHUNK_BYTES = 65_536;
const READER = fileURLToPath(new URL('./reader.mjs', import.meta.url));

/** What PJSIP 22 raises for guesses of unknown and known users, from 50 addresses, at 12,000 events a second. */
function* flood() {
  const frame = (name, severity, account, call, host, port, ms, tail) =>
    `Event: ${name}\r\nPrivilege: security,all\r\nSystemName: lab22\r\nEventTV: 2026-11-21T02:10:22.${ms}+0000\r\n` +
    `Severity: ${severity}\r\nService: PJSIP\r\nEventVersion: 1\r\nAccountID: ${account}\r\nSessionID: ${call}\r\n` +
    `LocalAddress: IPV4/UDP/198.51.100.1/5060\r\nRemoteAddress: IPV4/UDP/${host}/${port}\r\n${tail}\r\n`;
  const hex = (length, n) => (n * 2654435761).toString(16).replace('.', '').padStart(length, '0').slice(0, length);
  for (let n = 0; ; n++) {
    const host = `203.0.113.${1 + (n % ADDRESSES)}`;
    const port = 5060 + (n % 900);
    const ms = String(n % 1000).padStart(3, '0');
    const call = hex(16, n);
    const challenge = `Challenge: 1795227022/${hex(32, n)}\r\nResponse: ${hex(32, n + 7)}\r\nExpectedResponse: \r\n`;
    yield frame('InvalidAccountID', 'Error', 1000 + (n % 9000), call, host, port, ms, '');
    yield frame('ChallengeSent', 'Informational', '<unknown>', call, host, port, ms, 'Challenge: \r\n');
    yield frame('InvalidAccountID', 'Error', 1000 + (n % 9000), call, host, port, ms, '');
    yield frame('ChallengeResponseFailed', 'Error', '<unknown>', call, host, port, ms, challenge);
    yield frame('ChallengeSent', 'Informational', '101', call, host, port, ms, 'Challenge: \r\n');
    yield frame('ChallengeResponseFailed', 'Error', '101', call, host, port, ms, challenge);
  }
}

/** Some 2 MB of whole events, cut into chunks as a socket would deliver them. */
function recordedFlood() {
  const events = [];
  for (const event of flood()) {
    events.push(event);
    if (events.length === 6000) break;
  }
  const bytes = Buffer.from(events.join(''));
  const chunks = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) chunks.push(bytes.subarray(at, at + CHUNK_BYTES));
  return { chunks, eventsPerLap: events.length, bytesPerLap: bytes.length };
}

const { chunks, eventsPerLap, bytesPerLap } = recordedFlood();

/** An AMI that lets everybody in and then sends `laps` times the flood. */
async function serve(laps) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('Asterisk Call Manager/11.0.0\r\n');
    socket.on('data', async (data) => {
      const text = data.toString();
      const id = /ActionID: (.*)\r\n/.exec(text)?.[1];
      const say = (lines) => socket.write(`Response: Success\r\nActionID: ${id}\r\n${lines}\r\n`);
      if (text.includes('Action: Challenge')) say('Challenge: 123456789\r\n');
      else if (text.includes('Ping')) say('Ping: Pong\r\n');
      else if (/Action: login/i.test(text)) {
        say('Message: Authentication accepted\r\n');
        // The stock client loses what comes in the segment of the login's answer.
        await new Promise((resolve) => setTimeout(resolve, 200));
        for (let lap = 0; lap < laps; lap++) {
          for (const chunk of chunks) if (!socket.write(chunk)) await once(socket, 'drain');
        }
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** @returns events per CPU second of one reader process. */
async function measure(kind) {
  const laps = Math.ceil(EVENTS[kind] / eventsPerLap);
  const events = laps * eventsPerLap;
  const server = await serve(laps);
  const statsd = createSocket('udp4').bind(0, '127.0.0.1');
  await once(statsd, 'listening');
  let counted = 0;
  statsd.on('message', (datagram) => {
    for (const [, value] of datagram.toString().matchAll(/^security\.failed_auth\.PJSIP\.count:(\d+)\|c$/gm))
      counted += Number(value);
  });
  const reader = fork(
    READER,
    [kind, String(server.address().port), String(statsd.address().port), String(events), String(laps * bytesPerLap)],
    { timeout: READER_MS },
  );
  const [{ cpuSeconds }] = await once(reader, 'message', { signal: AbortSignal.timeout(READER_MS) });
  await once(reader, 'exit');
  server.close();
  statsd.close();
  // Four of six events of the flood are failures.
  if ((kind === 'exporter' || kind === 'detection') && counted !== (events * 4) / 6)
    throw new Error(`${counted} failures counted of ${(events * 4) / 6}`);
  return events / cpuSeconds;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const spread = (values, digits) => `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;

console.log(
  `Node ${process.version}, ${(bytesPerLap / eventsPerLap).toFixed(0)} bytes an event, ${ADDRESSES} addresses, ${ROUNDS} rounds\n`,
);
const rounds = [];
for (let round = 0; round < ROUNDS; round++) {
  const result = {};
  for (const kind of KINDS) result[kind] = await measure(kind);
  rounds.push(result);
}
for (const kind of KINDS) {
  const values = rounds.map((round) => round[kind] / 1000);
  console.log(
    `${kind.padEnd(9)} ${median(values).toFixed(0).padStart(6)} thousand events per CPU second (${spread(values, 0)})`,
  );
}
const toStock = rounds.map((round) => round.exporter / round.stock);
const withDetection = rounds.map((round) => round.detection / round.exporter);
const toRaw = rounds.map((round) => round.exporter / round.raw);
console.log(`\nexporter / stock client  ${median(toStock).toFixed(0)} (${spread(toStock, 0)})`);
console.log(`exporter / raw read      ${median(toRaw).toFixed(2)} (${spread(toRaw, 2)})`);
console.log(`with / without detection  ${median(withDetection).toFixed(2)} (${spread(withDetection, 2)})`);

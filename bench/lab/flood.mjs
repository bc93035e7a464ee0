// A flood of security events over AMI, and what one reader process takes to read it.
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

export const ADDRESSES = 50;
/** A reader that takes longer than this is ended, and the benchmark with it. */
const READER_MS = 120_000;
const CHUNK_BYTES = 65_536;

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

export const bytesPerEvent = bytesPerLap / eventsPerLap;

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

/**
 * @param reader the reader.mjs of the checkout to measure; it runs that checkout's dist/.
 * @param kind `raw`, `stock`, `exporter` or `detection`.
 * @param eventsMin rounded up to whole laps of the flood.
 * @returns events per CPU second of one reader process.
 * @throws if the exporter did not count every failure.
 */
export async function measure(reader, kind, eventsMin) {
  const laps = Math.ceil(eventsMin / eventsPerLap);
  const events = laps * eventsPerLap;
  const server = await serve(laps);
  const statsd = createSocket('udp4').bind(0, '127.0.0.1');
  await once(statsd, 'listening');
  let counted = 0;
  statsd.on('message', (datagram) => {
    for (const [, value] of datagram.toString().matchAll(/^security\.failed_auth\.PJSIP\.count:(\d+)\|c$/gm))
      counted += Number(value);
  });
  const child = fork(
    reader,
    [kind, String(server.address().port), String(statsd.address().port), String(events), String(laps * bytesPerLap)],
    { timeout: READER_MS },
  );
  const [{ cpuSeconds }] = await once(child, 'message', { signal: AbortSignal.timeout(READER_MS) });
  await once(child, 'exit');
  server.close();
  statsd.close();
  // Four of six events of the flood are failures.
  if ((kind === 'exporter' || kind === 'detection') && counted !== (events * 4) / 6)
    throw new Error(`${counted} failures counted of ${(events * 4) / 6}`);
  return events / cpuSeconds;
}

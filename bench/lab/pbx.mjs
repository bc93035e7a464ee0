// What an Asterisk tells of guesses: an AMI on loopback, which lets everybody in, and messages logs. And the limit: what an
// nft that waits for its text needs to add one element.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PBX } from './network.mjs';

const [amiPort, ...logFiles] = process.argv.slice(2);
const PAUSE_MS = 20;
/** Before the last guess, so that it comes at any time of whatever period a reader has. */
const LAST_PAUSE_MS = [200, 1200];

const logs = logFiles.map((file) => openSync(file, 'a'));
let exporter = null;
let guesses = 0;

const hex = (length) => (Math.random().toString(16).slice(2) + Math.random().toString(16).slice(2)).slice(0, length);
const isoTime = () => new Date().toISOString().replace('Z', '+0000');

/** What PJSIP 22 raises for a wrong password. */
function amiEvents(from, account) {
  const call = hex(16);
  const event = (name, severity, tail) =>
    `Event: ${name}\r\nPrivilege: security,all\r\nSystemName: bench\r\nEventTV: ${isoTime()}\r\nSeverity: ${severity}\r\nService: PJSIP\r\n` +
    `EventVersion: 1\r\nAccountID: ${account}\r\nSessionID: ${call}\r\nLocalAddress: IPV4/UDP/${PBX}/5060\r\n` +
    `RemoteAddress: IPV4/UDP/${from}/5062\r\n${tail}\r\n`;
  const digest = `Challenge: 1795227022/${hex(16)}${hex(16)}\r\nResponse: ${hex(16)}${hex(16)}\r\nExpectedResponse: \r\n`;
  return event('ChallengeSent', 'Informational', 'Challenge: \r\n') + event('ChallengeResponseFailed', 'Error', digest);
}

/** What it writes into its messages log then. */
function logLine(from, account) {
  const [, month, day, , time] = new Date().toString().match(/^\w+ (\w+) (\d+) (\d+) (\S+)/);
  const request = `Request 'REGISTER' from '<sip:${account}@${PBX}>' failed for '${from}:5062' (callid: ${hex(16)})`;
  return `[${month} ${day} ${time}] NOTICE[31423] res_pjsip/pjsip_distributor.c: ${request} - Failed to authenticate\n`;
}

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.write('Asterisk Call Manager/11.0.0\r\n');
  socket.on('data', (data) => {
    const text = data.toString();
    const id = /ActionID: (.*)\r\n/.exec(text)?.[1];
    const say = (lines) => socket.write(`Response: Success\r\nActionID: ${id}\r\n${lines}\r\n`);
    if (text.includes('Action: Challenge')) say('Challenge: 123456789\r\n');
    else if (text.includes('Ping')) say('Ping: Pong\r\n');
    else if (/Action: login/i.test(text)) {
      say('Message: Authentication accepted\r\n');
      exporter = socket;
    }
  });
}).listen(Number(amiPort), '127.0.0.1');
await once(server, 'listening');

/** An nft that has started and waits for its text. */
const standby = () => spawn('nft', ['-f', '-'], { stdio: ['pipe', 'inherit', 'inherit'] });
async function runNft(nft, text) {
  nft.stdin.end(text);
  const [code] = await once(nft, 'exit');
  if (code !== 0) throw new Error(`nft ended with ${code}`);
}
const TABLE = 'inet bench_limit';
await runNft(
  standby(),
  `table ${TABLE} { set banned { type ipv4_addr; flags timeout; }; chain drops { type filter hook prerouting priority raw; ip saddr @banned drop; }; }\n`,
);
let nft = standby();

/** Tells one guess to whom it is meant for. @returns when it was told, in nanoseconds of the monotonic clock */
function tell(reader, from, account) {
  const text = reader === 'ami' ? amiEvents(from, account) : reader === 'nft' ? '' : logLine(from, account);
  const at = Number(process.hrtime.bigint());
  if (reader === 'ami') exporter.write(text);
  else if (reader !== 'nft') writeSync(logs[reader], text);
  return at;
}

async function guess({ reader, from, times }) {
  const account = `${2000 + guesses++}`;
  for (let n = 1; n < times; n += 1) {
    tell(reader, from, account);
    await sleep(PAUSE_MS);
  }
  const [least, most] = LAST_PAUSE_MS;
  await sleep(least + Math.random() * (most - least));
  if (reader !== 'nft') return { at: tell(reader, from, account) };
  const at = Number(process.hrtime.bigint());
  const used = nft;
  await runNft(used, `add element ${TABLE} banned { ${from} timeout 10m }\n`);
  nft = standby();
  return { at };
}

process.on('disconnect', () => process.exit());
process.on('message', async (question) => {
  if (question.reader === undefined) process.send({ isHeard: exporter !== null });
  else process.send(await guess(question));
});
process.send('started');

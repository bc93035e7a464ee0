// Writes the security events of half a year to standard output: what `asterisk-auth-stats replay -` is measured with.
//
//   node bench/half-year.mjs [ami|security-log] [events] [seed] | /usr/bin/time -v node dist/cli.js replay -
//
// 21,055,537 events in 186 days by default: nine of ten are guesses in campaigns of some thousand addresses, from a handful of
// guesses to hundreds of thousands each, the rest are phones that register. The same seed gives the same bytes.
import { once } from 'node:events';
import { between, hex, seededRandom } from '../dist/simulator/random.js';

const [format = 'ami', eventsText = '21055537', seedText = '1'] = process.argv.slice(2);
const events = Number(eventsText);
if (!['ami', 'security-log'].includes(format) || !Number.isSafeInteger(events) || events < 1) {
  console.error('usage: node bench/half-year.mjs [ami|security-log] [events] [seed]');
  process.exit(64);
}

const START = Date.UTC(2026, 0, 1);
const SPAN_MS = 186 * 86_400_000;
const CAMPAIGNS = 64;
const PHONES = 300;
const CHUNK_LENGTH = 1 << 20;

const random = seededRandom(Number(seedText));
const pick = (list) => list[Math.floor(random() * list.length)];
const address = () =>
  `${between(random, 11, 126)}.${between(random, 0, 255)}.${between(random, 0, 255)}.${between(random, 1, 254)}`;

/** Most campaigns are short, a few are very long. */
function newCampaign() {
  return {
    remote: address(),
    left: Math.ceil(20 / (random() + 0.00002) ** 1.3),
    transport: pick(['UDP', 'UDP', 'UDP', 'TCP']),
    account: pick([
      () => String(between(random, 100, 9999)),
      () => '100',
      () => pick(['admin', 'test', '1000', 'sip']),
    ]),
    event: pick(['InvalidAccountID', 'InvalidAccountID', 'ChallengeResponseFailed', 'InvalidPassword']),
  };
}

const campaigns = Array.from({ length: CAMPAIGNS }, newCampaign);
const phones = Array.from({ length: PHONES }, (_, index) => ({
  remote: `198.51.100.${1 + (index % 40)}`,
  transport: 'TCP',
  account: () => String(200 + index),
  event: 'SuccessfulAuth',
}));

const TAILS = {
  InvalidAccountID: [],
  ChallengeResponseFailed: ['Challenge', 'Response', 'ExpectedResponse'],
  InvalidPassword: ['Challenge', 'ReceivedChallenge', 'ReceivedHash'],
  SuccessfulAuth: ['UsingPassword'],
};
const VALUES = {
  Challenge: () => '1795225420/c3d5212d677c879552d799e9f01b9355',
  Response: () => hex(random, 32),
  ExpectedResponse: () => '',
  ReceivedChallenge: () => '1795225420/c3d5212d677c879552d799e9f01b9355',
  ReceivedHash: () => hex(random, 32),
  UsingPassword: () => '1',
};

let second = -1;
let secondText = '';
function timeText(at) {
  const whole = Math.floor(at / 1000);
  if (whole !== second) {
    second = whole;
    secondText = new Date(whole * 1000).toISOString().slice(0, 20);
  }
  return `${secondText}${String(at - whole * 1000).padStart(3, '0')}+0000`;
}

function fields({ event, remote, transport, account }, at) {
  const port = between(random, 1024, 65535);
  return [
    ['EventTV', timeText(at)],
    ['Severity', event === 'SuccessfulAuth' ? 'Informational' : 'Error'],
    ['Service', 'PJSIP'],
    ['EventVersion', event === 'InvalidPassword' ? '2' : '1'],
    ['AccountID', account()],
    ['SessionID', hex(random, 16)],
    ['LocalAddress', `IPV4/${transport}/192.0.2.1/5060`],
    ['RemoteAddress', `IPV4/${transport}/${remote}/${port}`],
    ...TAILS[event].map((key) => [key, VALUES[key]()]),
  ];
}

const ENCODERS = {
  ami: (of, at) => {
    const lines = fields(of, at).map(([key, value]) => `${key}: ${value}\r\n`);
    return `Event: ${of.event}\r\nPrivilege: security,all\r\nSystemName: bench\r\n${lines.join('')}\r\n`;
  },
  'security-log': (of, at) => {
    const values = fields(of, at).map(([key, value]) => `${key}="${value}"`);
    const time = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
    return `[${time}] SECURITY[31412] res_security_log.c: SecurityEvent="${of.event}",${values.join(',')}\n`;
  },
};

const encode = ENCODERS[format];
process.stdout.on('error', () => process.exit(0));
let text = format === 'ami' ? 'Asterisk Call Manager/11.0.0\r\n' : '';
for (let n = 0; n < events; n++) {
  const at = START + Math.floor((n / events) * SPAN_MS);
  if (random() < 0.1) {
    text += encode(pick(phones), at);
  } else {
    const index = Math.floor(random() * CAMPAIGNS);
    const campaign = campaigns[index];
    text += encode(campaign, at);
    if (--campaign.left <= 0) campaigns[index] = newCampaign();
  }
  if (text.length < CHUNK_LENGTH && n < events - 1) continue;
  if (!process.stdout.write(text, 'latin1')) await once(process.stdout, 'drain');
  text = '';
}

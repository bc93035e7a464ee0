import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import type { SecurityEvent } from '../../../src/domain/security-event.js';
import { readStream } from '../ami/read-stream.js';
import { briefOf, readMessages } from './read-messages.js';

const folder = new URL('../../fixtures/recordings/', import.meta.url);
const cases = ['16', '22'].flatMap((release) =>
  readdirSync(new URL(`${release}/`, folder))
    .filter((file) => file.endsWith('.messages'))
    .map((file) => `${release}/${file.replace('.messages', '')}`),
);

/** What the log does not say of a case, or says though AMI does not; the same in docs/sources-messages-log.md. */
const DIFFERENCES: Readonly<Record<string, { readonly ami?: readonly string[]; readonly log?: readonly string[] }>> = {
  // Requests that are refused after, or without, a login are no line of the log.
  'ami-badaction-prelogin': { ami: ['RequestNotAllowed', 'RequestNotAllowed'] },
  'ami-badaction': { ami: ['RequestBadFormat', 'RequestBadFormat', 'RequestNotAllowed', 'RequestNotAllowed'] },
  'ami-noaction': { ami: ['RequestBadFormat'] },
  // The line is the same for a wrong secret and a wrong response, and AMI has no event for a response without a challenge.
  'ami-md5-wrong': { ami: ['ChallengeResponseFailed'], log: ['InvalidPassword'] },
  'ami-md5-nochallenge': { log: ['InvalidPassword'] },
  // The line has no address.
  'chansip-tcp4-invite-wrongpw': { ami: ['InvalidPassword'] },
  'chansip-udp4-invite-wrongpw': { ami: ['InvalidPassword'] },
  'pjsip-badcontacts': { ami: ['FailedACL'] },
  // Asterisk drops an event with invalid UTF-8 in it.
  'ami-name-inv': { log: ['InvalidAccountID'] },
  'chansip-name-inv-esc': { log: ['InvalidPassword'] },
  'chansip-name-inv-raw': { log: ['InvalidPassword'] },
  'chansip-name-overlong': { log: ['InvalidPassword'] },
  'chansip-response-hostile': { log: ['InvalidPassword'] },
  'pjsip-callid-inv': { log: ['ChallengeResponseFailed'] },
  'pjsip-name-inv-esc': { log: ['InvalidAccountID', 'InvalidAccountID'] },
  'pjsip-name-overlong': { log: ['InvalidAccountID', 'InvalidAccountID'] },
  'pjsip-nonce-hostile': { log: ['ChallengeResponseFailed', 'ChallengeResponseFailed'] },
  'pjsip-response-hostile': { log: ['ChallengeResponseFailed'] },
  // Line ends in a name make AMI's event malformed, and not the log's line: the name is still escaped there.
  'chansip-inject-crlf': { log: ['InvalidPassword'] },
  'chansip-inject-event': { log: ['InvalidPassword'] },
  'chansip-inject-hdr': { log: ['InvalidPassword'] },
  'chansip-name-crlf-esc': { log: ['InvalidPassword'] },
  'pjsip-inject-crlf': { log: ['InvalidAccountID', 'InvalidAccountID'] },
  'pjsip-inject-event': { log: ['InvalidAccountID', 'InvalidAccountID'] },
  'pjsip-inject-hdr': { log: ['InvalidAccountID', 'InvalidAccountID'] },
  'pjsip-name-noprefix-hdr': { log: ['InvalidAccountID'] },
};

/** Cases with the traffic of several clients, of which the log has each failure once. */
const SESSIONS: Readonly<Record<string, readonly string[]>> = {
  '16/ami-http': ['AMI InvalidPassword  secmon IPV4/127.0.0.1:0', 'AMI InvalidAccountID  nosuch IPV4/127.0.0.1:0'],
  '16/ami-v6': ['AMI InvalidPassword  secmon IPV6/::1:0', 'AMI InvalidPassword  secmon IPV4/127.0.0.1:0'],
  '16/chansip-allowguest-yes': ['SIP FailedACL no_extension_match 00441234567 IPV4/127.0.0.1:51553'],
  '22/pjsip-transport-acl': ['PJSIP InvalidAccountID  9999 IPV4/127.0.0.67:33294'],
};

const QUIET = new Set(['ChallengeSent', 'SuccessfulAuth']);

await t.test(
  'the log gives the failures that AMI gives, from the same addresses, but for what is listed',
  async (t) => {
    let failures = 0;
    for (const name of cases.filter((name) => existsSync(new URL(`${name}.ami`, folder)))) {
      const ami = amiFailures(name).map(failureOf);
      const log = logEvents(name).map(failureOf);
      failures += log.length;
      const expected = DIFFERENCES[name.slice(3)] ?? {};
      const actual = { ami: typesOf(without(ami, log)), log: typesOf(without(log, ami)) };
      t.strictSame(actual, { ami: expected.ami ?? [], log: expected.log ?? [] }, name);
    }
    t.ok(failures > 450, `${failures} failures`);
  },
);

await t.test('the account is AMI\u2019s, with the escapes of the URI', async (t) => {
  for (const name of cases.filter((name) => existsSync(new URL(`${name}.ami`, folder)))) {
    // chan_sip shows the host where the user is missing, and nothing where it is too long.
    if (DIFFERENCES[name.slice(3)] !== undefined || /chansip-name-(empty|long5000)$|pjsip-name-long5000$/.test(name))
      continue;
    const ami = amiFailures(name).map((event) => event.account ?? '');
    logEvents(name).forEach(({ account }, index) => {
      const ours = plain(account ?? '');
      const theirs = plain(ami[index] ?? '');
      t.ok(theirs === '<unknown>' || ours.startsWith(theirs), `${name}: ${account} is ${ami[index]}`);
    });
  }
});

await t.test('a case of several clients has each failure once', async (t) => {
  for (const [name, expected] of Object.entries(SESSIONS)) {
    t.strictSame(logEvents(name).map(briefOf), expected, name);
  }
});

await t.test(
  'no line of a recording is malformed, and none names an address that only an attacker wrote',
  async (t) => {
    const outputs = cases.flatMap((name) => readMessages(textOf(name)));
    t.strictSame(
      outputs.filter((output) => typeof output === 'string' && output !== 'ignored'),
      [],
    );
    t.notMatch(outputs.map(briefOf).join('\n'), /IPV4\/(?:UDP\/|TCP\/)?(?:9\.9\.9\.9|10\.0\.0\.9):/);
  },
);

function amiFailures(name: string): SecurityEvent[] {
  const stream = readFileSync(new URL(`${name}.ami`, folder));
  return readStream(stream.subarray(stream.indexOf('\r\n') + 2)).events.filter((event) => !QUIET.has(event.event));
}

function logEvents(name: string): SecurityEvent[] {
  return readMessages(textOf(name)).filter((output) => typeof output !== 'string');
}

function textOf(name: string): string {
  return readFileSync(new URL(`${name}.messages`, folder), 'utf8');
}

/** What both say of a failure: AMI's lines in the log have no port. */
function failureOf(event: SecurityEvent): string {
  const { service, remote } = event;
  const detail =
    'aclName' in event ? event.aclName : 'requestType' in event && service !== 'AMI' ? event.requestType : '';
  return `${event.event} ${service} ${remote.address} ${service === 'AMI' ? '' : remote.port} ${detail}`;
}

function typesOf(failures: readonly string[]): string[] {
  return failures.map((failure) => failure.replace(/ .*/, '')).sort();
}

function without(failures: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return failures.filter((failure) => {
    const index = left.indexOf(failure);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** Without the escapes of a URI, and without what a log and AMI make of control characters. */
function plain(account: string): string {
  let text = account;
  try {
    text = decodeURIComponent(account);
  } catch {
    // A `%` that escapes nothing: the text is what it says.
  }
  return text.replace(/\x1b\[[\d;]*m/g, '').replace(/\0.*/s, '');
}

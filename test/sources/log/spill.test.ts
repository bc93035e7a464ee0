import t from 'tap';
import { IAX2_WORDINGS } from '../../../src/sources/log/iax2-wordings.js';
import { Spill, spilledBytes } from '../../../src/sources/log/spill.js';
import { readMessages } from './read-messages.js';

const PREFIX = '[Nov 21 01:44:33] NOTICE[4242]';
const ATTACKER = '203.0.113.9';
const VICTIM = '198.51.100.66';
const OTHER = '192.0.2.7';

function registration(address: string): string {
  return `${PREFIX} chan_sip.c: Registration from 'sip:1@x' failed for '${address}' - Wrong password\n`;
}

/** What each line gives: the address of an event, or why it is none. */
function read(text: string): string[] {
  return readMessages(text).map((output) => (typeof output === 'string' ? output : output.remote.address));
}

await t.test('behind a line that broke off only its own address counts, as far as its text can reach', async (t) => {
  const broken = `${PREFIX} manager.c: ${ATTACKER} failed to authenticate as 'a\n`;
  t.strictSame(read(broken + registration(VICTIM) + registration(ATTACKER)), ['value', 'injected', ATTACKER]);
  const far = `${PREFIX} loader.c: ${'x'.repeat(4_096)}\n`;
  t.strictSame(read(broken + far + registration(OTHER)), ['value', 'ignored', OTHER]);
  const near = `${PREFIX} loader.c: ${'x'.repeat(4_000)}\n`;
  t.strictSame(read(broken + near + registration(OTHER)), ['value', 'ignored', 'injected']);
});

await t.test('behind a broken line that names no address nothing counts', async (t) => {
  const broken = `${PREFIX} chan_iax2.c: No registration for peer 'a\n`;
  t.strictSame(read(broken + registration(VICTIM) + registration(ATTACKER)), ['value', 'injected', 'injected']);
});

await t.test('what two clients broke off overlaps, and neither address counts there', async (t) => {
  const broken = (address: string) => `${PREFIX} manager.c: ${address} failed to authenticate as 'a\n`;
  t.strictSame(read(broken(ATTACKER) + broken(VICTIM) + registration(VICTIM)), ['value', 'value', 'injected']);
  t.strictSame(read(broken(ATTACKER) + broken(ATTACKER) + registration(ATTACKER)), ['value', 'value', ATTACKER]);
});

await t.test('a registration or request that breaks off spills nothing, or little', async (t) => {
  t.strictSame(read(`${PREFIX} chan_sip.c: Registration from 'a\n${registration(OTHER)}`), ['value', OTHER]);
  t.strictSame(read(`${PREFIX} pjsip_distributor.c: Request 'A' from 'a\n${registration(OTHER)}`), [
    'value',
    'injected',
  ]);
});

await t.test('a line that only looks whole is found by the end that stands alone behind it', async (t) => {
  const login = (text: string) => `${PREFIX} manager.c: ${ATTACKER} failed to authenticate as '${text}'\n`;
  t.strictSame(read(login(`a'\n${registration(VICTIM)}`)), [ATTACKER, 'injected', 'ignored']);
  const call = (text: string) =>
    `${PREFIX} chan_sip.c: Call from '' (${ATTACKER}:5) to extension '${text}' rejected because extension not found in context 'x'.\n`;
  const spilled = `1' rejected because extension not found in context 'x'.\n${registration(VICTIM)}`;
  t.strictSame(read(call(spilled) + registration(OTHER)), ['injected', 'injected', 'ignored', OTHER]);
  const peer = (text: string) => `${PREFIX} chan_iax2.c: No registration for peer '${text}' (from ${ATTACKER})\n`;
  t.strictSame(read(peer(`a' (from ${VICTIM})\n`)), ['injected', 'ignored'], 'with a forged address in the first line');
  const fakeEnds = `a' (from ${VICTIM})\n' (from ${VICTIM})\n${registration(VICTIM)}`;
  t.strictSame(read(peer(fakeEnds)), ['injected', 'ignored', 'injected', 'ignored'], 'the last end is the end');
});

await t.test('other lines without a prefix cost nobody an event', async (t) => {
  const call = `${PREFIX} chan_sip.c: Call from '' (${ATTACKER}:5) to extension '1' rejected because extension not found in context 'x'.\n`;
  const strays = 'Packet timed out after 32004ms with no response\n\n  == Using SIP RTP CoS mark 5\n';
  t.strictSame(
    read(call + strays + registration(OTHER)).filter((text) => text !== 'ignored'),
    [ATTACKER, OTHER],
  );
});

await t.test('a packet that is dumped into the log is its sender\u2019s text', async (t) => {
  const dump = (head: string, body: string) =>
    `${PREFIX.replace('NOTICE', 'VERBOSE')} res_pjsip_logger.c: <--- ${head} --->\n${body}`;
  const body = registration(VICTIM) + registration(ATTACKER);
  const head = `Received SIP request (${body.length} bytes) from UDP:${ATTACKER}:5060`;
  t.strictSame(read(`${dump(head, body)}\n${registration(OTHER)}`), [
    'ignored',
    'injected',
    ATTACKER,
    'ignored',
    OTHER,
  ]);
  t.strictSame(read(`<--- SIP read from UDP:${ATTACKER}:5060 --->\n${body}`), ['ignored', 'injected', ATTACKER]);
  t.strictSame(read(`<--- SIP read from ${ATTACKER}:5060 --->\n${body}`), ['ignored', 'injected', ATTACKER]);
  t.strictSame(read(`<--- SIP read from UDP:somewhere:5060 --->\n${body}`), ['ignored', 'injected', 'injected']);
  t.strictSame(read(`<--- Transmitting (NAT) to ${ATTACKER}:5060 --->\n${body}`), ['ignored', VICTIM, ATTACKER]);
});

await t.test('a new file begins without the doubts of the old one', async (t) => {
  const spill = new Spill();
  spill.open(10, null);
  t.ok(spill.covers(4));
  t.notOk(spill.allows(OTHER));
  spill.clear();
  t.notOk(spill.covers(1));
  spill.open(0, ATTACKER);
  t.notOk(spill.covers(1));
});

await t.test('of many lines without a prefix the last 64 are looked at', async (t) => {
  const [peer] = IAX2_WORDINGS;
  if (peer === undefined) throw new Error('IAX2 has wordings');
  const end = "' (from 203.0.113.9)\n";
  const text = end + 'x\n'.repeat(64);
  const strays = Array.from({ length: 65 }, (_, index) => (index === 0 ? 0 : end.length + 2 * (index - 1)));
  t.equal(spilledBytes(text, strays, 0, peer), 0);
  t.equal(spilledBytes(text.slice(0, -2), strays.slice(0, -1), 0, peer), end.length);
  t.equal(spilledBytes(end.trimEnd(), [0], 0, peer), end.length, 'a last line without its end');
  t.equal(spilledBytes(text, [...strays, 10_000, 20_000], 0, peer), 0, 'lines beyond its longest text are not its own');
  t.equal(spilledBytes(text, strays, 30, peer), 0, 'lines before the message are not its own');
});

import fc from 'fast-check';
import t from 'tap';
import { Carrier } from '../../../src/sources/log/carrier.js';
import { GOOD_LINES, wrapIn } from './carriers.js';

const [NOTICE = '', SECURITY = '', UNDATED = ''] = GOOD_LINES;

function open(text: string, cuts: readonly number[] = []) {
  let leftOut = 0;
  const carrier = new Carrier({ onLeftOut: () => leftOut++ });
  const bytes = Buffer.from(text);
  let [lines, start, befores] = ['', 0, [] as string[]];
  for (const end of [...cuts, bytes.length]) {
    const opened = carrier.open(bytes.subarray(start, end), start === 0);
    lines += opened.toString();
    let at = 0;
    for (const line of opened.toString('latin1').split(/(?<=\n)/)) {
      if (line !== '') befores.push(carrier.before(at));
      at += line.length;
    }
    start = end;
  }
  return { lines, befores, leftOut };
}

for (const { name, wrap, isOneLine } of wrapIn) {
  await t.test(`${name}: Asterisk's own lines are what is left, in any chunks`, async (t) => {
    for (const line of GOOD_LINES) {
      const text = wrap(line).repeat(3);
      t.equal(open(text).lines, line.repeat(3), text);
      if (!isOneLine) continue;
      const cuts = [Buffer.from(text).indexOf(10) + 1];
      t.equal(open(text, cuts).lines, line.repeat(3), 'in two chunks');
    }
  });
}

await t.test('a plain file is handed on as it is', async (t) => {
  const text =
    GOOD_LINES.join('') +
    wrapIn
      .slice(0, 16)
      .map(({ wrap }) => wrap(SECURITY))
      .join('');
  t.equal(open(text).lines, text);
  t.equal(open('').lines, '');
  t.equal(open('no end').lines, 'no end');
  const fields = `${SECURITY}SYSLOG_IDENTIFIER=x\nMESSAGE=y\nMESSAGE\n${SECURITY}`;
  t.equal(open(fields).lines, fields, 'what looks like a journal may be a client\u2019s');
});

await t.test('a file becomes of another kind when more of that came than a client can write', async (t) => {
  const carried = `pbx-1  | ${SECURITY}`;
  const few = open(SECURITY + carried.repeat(3)).lines;
  t.equal(few, SECURITY + carried.repeat(3));
  const many = Math.ceil(8_192 / carried.length);
  t.ok(open(NOTICE + carried.repeat(many + 5)).lines.endsWith(`\n${SECURITY}${SECURITY}`));
  t.equal(open(carried + UNDATED.repeat(3)).lines, SECURITY + UNDATED.repeat(3), 'a plain line is one anywhere');
});

await t.test(
  'the lines of other programs are left out, once Asterisk is known, and never the end of an event',
  async (t) => {
    const sshd = 'Nov 21 01:44:34 pbx sshd[9]: Invalid user x from 203.0.113.9\n';
    const asterisk = `Nov 21 01:44:33 pbx asterisk[812]: ${SECURITY}`;
    t.strictSame(open(sshd + asterisk + sshd + asterisk), {
      lines: sshd + SECURITY + SECURITY,
      befores: ['', 'Nov 21 01:44:33 pbx asterisk[812]: ', 'Nov 21 01:44:33 pbx asterisk[812]: '],
      leftOut: 1,
    });
    const forged = `Nov 21 01:44:34 pbx sshd[9]: ${SECURITY}`;
    t.match(open(asterisk + forged).lines, SECURITY + SECURITY, 'shown, as it may be the end of an event');
    t.equal(open(`${asterisk}Nov 21 01:44:34 pbx sshd[9]: ${NOTICE}`).lines, SECURITY, 'not taken for Asterisk');
    t.equal(
      open(`Nov 21 01:44:34 pbx pbx7[9]: ${NOTICE}Nov 21 01:44:34 pbx pbx8[9]: ${NOTICE}`).lines,
      NOTICE + NOTICE,
    );
    const crowd = Array.from({ length: 20 }, (_, n) => `Nov 21 01:44:34 pbx asterisk${n}[9]: ${NOTICE}`).join('');
    t.equal(open(crowd).lines, NOTICE.repeat(20), 'however many there are');
  },
);

await t.test('no bytes make it throw, and no line gets longer', async (t) => {
  const word = fc.constantFrom(
    ...[
      'pbx-1  | ',
      '2026-11-21T01:44:33Z ',
      'stdout F ',
      '<13>1 ',
      '[pod/a/b] ',
      'MESSAGE\n',
      'MESSAGE=',
      '__REALTIME_TIMESTAMP=1\n',
    ],
    ...[
      'SYSLOG_IDENTIFIER=x\n',
      '{"log":"',
      '"}',
      '\n',
      'Nov 21 01:44:33 h a[1]: ',
      'data: ',
      '\u001e',
      NOTICE,
      SECURITY,
      '\u00e4',
    ],
  );
  const text = fc.array(fc.oneof(word, fc.string()), { maxLength: 20 }).map((parts) => parts.join(''));
  fc.assert(fc.property(text, (text) => Buffer.byteLength(open(text).lines) <= Buffer.byteLength(text) * 3));
  t.pass('holds');
});

/** As Asterisk 22.10.1 wrote it, its first line included. */
const REAL_JSON =
  '[Dec  1 07:17:31] Asterisk 22.10.1+dfsg built by nobody @ buildd.debian.org on a unknown running Linux on 2026-07-20 21:35:32 UTC\n' +
  '{"hostname":"e2e-22","timestamp":"Dec  1 07:17:31","identifiers":{"lwp":28349,"callid":""},"logmsg":{"location":{"filename":"res_pjsip/pjsip_distributor.c","function":"log_failed_request","line":688},"level":"NOTICE","message":"Request\\n"}}\n' +
  '{"hostname":"e2e-22","timestamp":"Dec  1 07:17:31","identifiers":{"lwp":28339,"callid":"[C-00000001]"},"logmsg":{"location":{"filename":"res_security_log.c","function":"f","line":114},"level":"SECURITY","message":"a\\nb\\n"}}\n';

await t.test('what Asterisk writes with [json] is read, and a line feed in a message begins no line', async (t) => {
  const lines = open(REAL_JSON).lines.split('\n').slice(1);
  t.strictSame(lines, [
    '[Dec  1 07:17:31] NOTICE[28349] res_pjsip/pjsip_distributor.c:688 log_failed_request: Request',
    '[Dec  1 07:17:31] SECURITY[28339][C-00000001] res_security_log.c:114 f: a\ufffdb',
    '',
  ]);
});

await t.test('JSON that is no line of a log is handed on as it is', async (t) => {
  for (const text of [
    '{"a":1}',
    '{',
    '{"logmsg":{}}',
    '{"message":1}',
    '{"MESSAGE":[]}',
    '[1]',
    '{"logmsg":{"message":"x"}}',
  ]) {
    t.equal(open(`${text}\n`).lines, `${text}\n`, text);
  }
});

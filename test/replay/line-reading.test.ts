import t from 'tap';
import { lineReading } from '../../src/replay/line-reading.js';
import { linePatterns } from '../../src/text/line-pattern.js';
import { GOOD_LINES } from '../sources/log/carriers.js';

const { patterns } = linePatterns('please block <HOST>');

await t.test('a line shows as what each reader makes of it', async (t) => {
  const [notice = '', security = ''] = GOOD_LINES.map((line) => line.trimEnd());
  t.match(
    lineReading(security, patterns, 0),
    /security-log: InvalidPassword of PJSIP, 203\.0\.113\.9 port 40000, account 101, 2026-/,
  );
  t.match(
    lineReading(notice, patterns, 0),
    /messages-log: InvalidPassword of SIP, 203\.0\.113\.9 port 5060, account 1, /,
  );
  t.match(
    lineReading('please block 192.0.2.1', patterns, 0),
    /messages-log: InvalidAccountID of LOG, 192\.0\.2\.1 port 0, no account, 1970-/,
  );
  t.match(lineReading(`? ${security}`, patterns, 0), /security-log: malformed \(prefix\)/);
  t.match(
    lineReading('hello\u001b', patterns, 0),
    /^hello\\x1b\n {2}security-log: passed over\n {2}messages-log: passed over$/,
  );
});

import t from 'tap';
import { isConsoleLine, isOtherLevel, isSecurityPrefix, isStartLine } from '../../../src/sources/log/line-prefix.js';

const ESC = String.fromCharCode(0x1b);
const FILE = 'SECURITY[31255] res_security_log.c: ';
const SYSLOG = 'SECURITY[31255]: res_security_log.c:114 in security_event_stasis_cb: ';

const DATES = [
  '[Nov 21 01:44:33] ',
  '[Nov  1 01:44:33] ',
  '[2026-11-21 01:44:33] ',
  '[2026-11-21 01:44:33.376] ',
  '[2026-11-21T01:44:33.376+0000] ',
  '[1795225473.376] ',
  '[] ',
  '',
];

const LEVELS = [
  FILE,
  'SECURITY[31255][C-0000001f] res_security_log.c: ',
  'SECURITY[31255] res_security_log.c:114 security_event_stasis_cb: ',
  'SECURITY[31255]: res_security_log.c:137 in security_event_cb: ',
  SYSLOG,
];

await t.test('a security line is recognised with every date and level', async (t) => {
  for (const level of LEVELS) for (const date of DATES) t.ok(isSecurityPrefix(date + level), date + level);
});

await t.test('colours do not matter, however their first letter is written', async (t) => {
  for (const letter of [ESC, '#033', '^[', '\\033', '\\x1b', '\\x1B', '\\u001b', '\\e', '<1b>', '\u241b']) {
    t.ok(
      isSecurityPrefix(
        `[Nov 21 01:44:33] ${letter}[1;33mSECURITY${letter}[0m[31255] ${letter}[1;37mres_security_log.c${letter}[0m: `,
      ),
    );
  }
});

await t.test('another message of which a client writes the rest is no prefix', async (t) => {
  for (const text of [
    '',
    ': ',
    'x',
    `x ${FILE}`,
    `[Nov 21 01:44:33] NOTICE[1] chan_sip.c: ${FILE}`,
    `[Nov 21 01:44:33] NOTICE[1] chan_sip.c: Registration from '<sip:${FILE}`,
    `[Nov 21 01:44:33] VERBOSE[1][C-00000001] pbx.c: [Nov 21 01:44:33] ${FILE}`,
    `[Nov 21 01:44:33] [Nov 21 01:44:33] ${FILE}`,
    `[Nov 21 "01:44:33] ${FILE}`,
    `Nov 21 01:44:33 pbx sshd[99]: asterisk[812]: ${FILE}`,
    `Nov 21 01:44:33 pbx sshd[99]: Invalid user asterisk: ${FILE}`,
    `[Nov 21 01:44:33] SECURITY[x] res_security_log.c: `,
    `[Nov 21 01:44:33] SECURITY[1] res_security_log.c: x`,
    `[Nov 21 01:44:33] SECURITY[1] a b c d: `,
    `[Nov 21 01:44:33] ${FILE}${FILE}`,
    `[${'x'.repeat(65)}] ${FILE}`,
  ]) {
    t.notOk(isSecurityPrefix(text), JSON.stringify(text));
  }
});

const START =
  '[Nov 21 02:14:12] Asterisk 16.28.0~dfsg built by nobody @ x.y on a z running Linux on 2024-01-04 17:58:50 UTC';

await t.test('the line of Asterisk\u2019s start is known, and nothing that a client could complete', async (t) => {
  t.ok(isStartLine(START));
  t.ok(isStartLine(`${START}\r`));
  for (const line of [
    '[Nov 21 02:14:12] NOTICE[1] x.c: Asterisk 16.28.0 built by nobody',
    `${START}",SessionID="0x1"`,
    START.replace('nobody', '",SessionID="0x1",RemoteAddress="IPV4/UDP/9.9.9.9/9"'),
    START.replace(' UTC', ''),
  ]) {
    t.notOk(isStartLine(line), line);
  }
});

await t.test('a line of another level is told from a security line, and from none', async (t) => {
  for (const level of ['NOTICE', 'WARNING', 'ERROR', 'VERBOSE', 'DEBUG', 'DTMF']) {
    t.ok(isOtherLevel(`[Nov 21 02:14:12] ${level}[12][C-00000001]: x.c:1 f: text`), level);
    t.ok(isOtherLevel(`${ESC}[1;33m${level}${ESC}[0m[12]: text`), level);
  }
  for (const line of ['', 'text', `[Nov 21 02:14:12] ${FILE}`, 'a NOTICE[1]: x']) t.notOk(isOtherLevel(line), line);
});

await t.test('what Asterisk prints on its console without a prefix is known by how it begins', async (t) => {
  for (const line of ['  == Using SIP RTP', '    -- Executing', '       > 0x7f', ' -- x'])
    t.ok(isConsoleLine(line), line);
  for (const line of ['-- x', '  =x', 'text', '']) t.notOk(isConsoleLine(line), line);
});

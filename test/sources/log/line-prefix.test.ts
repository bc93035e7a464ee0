import t from 'tap';
import { isSecurityPrefix, isStartLine } from '../../../src/sources/log/line-prefix.js';

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

const DAEMONS = [
  'Nov 21 01:44:33 pbx asterisk[812]: ',
  'Nov  1 01:44:33 pbx.example.net asterisk: ',
  '2026-11-21T01:44:33.376543+01:00 pbx asterisk[812]: ',
  '2026-11-21T01:44:33+0100 pbx asterisk[812]: ',
  '<165>Nov 21 01:44:33 pbx asterisk[812]: ',
  '<165>1 2026-11-21T01:44:33.376Z pbx asterisk 812 - - ',
  '1795225473.376543 pbx asterisk[812]: ',
  'Nov 21 01:44:33 pbx docker/asterisk-1[812]: ',
  'asterisk[812]: ',
];

await t.test('a security line is recognised with every date, level and daemon', async (t) => {
  for (const level of LEVELS) {
    for (const date of DATES) {
      for (const daemon of ['', ...DAEMONS]) t.ok(isSecurityPrefix(daemon + date + level), daemon + date + level);
    }
  }
});

await t.test('colours do not matter, also as rsyslog writes them', async (t) => {
  for (const letter of [ESC, '#033']) {
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
    `Nov 21 01:44:33 pbx sshd[99]: ${FILE}`,
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

await t.test('the line of Asterisk\u2019s start is known', async (t) => {
  t.ok(isStartLine('[Nov 21 02:14:12] Asterisk 16.28.0~dfsg-0+deb11u4 built by nobody @ x on a y running Linux'));
  t.notOk(isStartLine('[Nov 21 02:14:12] NOTICE[1] x.c: Asterisk 16.28.0 built by nobody'));
});

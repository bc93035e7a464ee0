import fc from 'fast-check';
import t from 'tap';
import { parseLogTime } from '../../../src/sources/log/log-time.js';

const NOW = new Date(2026, 10, 21, 12).getTime();
const local = (...parts: [number, number, number, number, number, number, number?]) => new Date(...parts).getTime();

await t.test('every dateformat that people use is read', async (t) => {
  const at = local(2026, 10, 21, 1, 44, 33);
  const forms: [text: string, at: number][] = [
    ['[Nov 21 01:44:33] ', at],
    ['[Nov 21 01:44:33.5] ', at + 500],
    ['[2026-11-21 01:44:33] ', at],
    ['[2026-11-21 01:44:33.345] ', at + 345],
    ['[2026-11-21 01:44:33,345] ', at + 345],
    ['[2026-11-21 01:44:33.345678] ', at + 345],
    ['[2026/11/21 01:44:33] ', at],
    ['2026-11-21T01:44:33.345+00:00 pbx ', Date.UTC(2026, 10, 21, 1, 44, 33, 345)],
    ['2026-11-21T01:44:33.345678+0530 pbx ', Date.UTC(2026, 10, 20, 20, 14, 33, 345)],
    ['2026-11-21T01:44:33Z pbx ', Date.UTC(2026, 10, 21, 1, 44, 33)],
    ['[2026-11-21 01:44:33 -0800] ', Date.UTC(2026, 10, 21, 9, 44, 33)],
    ['[2026-11-21 01:44:33 UTC] ', Date.UTC(2026, 10, 21, 1, 44, 33)],
    ['[Sat Nov 21 01:44:33 2026] ', at],
    ['[Sat Nov 21 01:44:33 CET 2026] ', at],
    ['[Nov 21 2026 01:44:33] ', at],
    ['[November 21, 2026 01:44:33] ', at],
    ['[21 Nov 2026 01:44:33] ', at],
    ['[21/Nov/2026:01:44:33 +0000] ', Date.UTC(2026, 10, 21, 1, 44, 33)],
    ['[21-Nov-26 01:44:33] ', at],
    ['[11/21/26 01:44:33] ', at],
    ['[21/11/26 01:44:33] ', at],
    ['[26-11-21 01:44:33] ', at],
    ['[21.11.2026 01:44:33] ', at],
    ['[1795225473] ', 1_795_225_473_000],
    ['[1795225473.354058] ', 1_795_225_473_354],
    ['[1795225473354] ', 1_795_225_473_354],
    ['[01:44:33] ', at],
    ['Nov  4 18:30:40 pbx ', local(2026, 10, 4, 18, 30, 40)],
    ['Nov 4 18:30:40 pbx ', local(2026, 10, 4, 18, 30, 40)],
  ];
  for (const [text, expected] of forms) t.equal(parseLogTime(text, NOW), expected, text);
});

await t.test('Asterisk\u2019s own time stands over the syslog\u2019s', async (t) => {
  const text = '2026-11-21T01:44:40.000Z pbx asterisk[1]: [Nov 21 01:44:33] ';
  t.equal(parseLogTime(text, NOW), local(2026, 10, 21, 1, 44, 33));
  t.equal(parseLogTime('Nov 21 01:44:40 pbx asterisk[1]: [2026-11-21 01:44:33] ', NOW), local(2026, 10, 21, 1, 44, 33));
  t.equal(parseLogTime('Nov 21 01:44:40 pbx Nov 21 01:44:33 ', NOW), local(2026, 10, 21, 1, 44, 33));
});

await t.test('a year that is missing is the latest that is not more than a day ahead', async (t) => {
  t.equal(parseLogTime('Nov 22 11:59:59', NOW), local(2026, 10, 22, 11, 59, 59));
  t.equal(parseLogTime('Nov 22 12:00:01', NOW), local(2025, 10, 22, 12, 0, 1));
  t.equal(parseLogTime('Dec 31 23:59:59', local(2027, 0, 1, 0, 0, 5)), local(2026, 11, 31, 23, 59, 59));
  t.equal(parseLogTime('Jan  1 00:00:01', local(2026, 11, 31, 23, 59, 59)), local(2027, 0, 1, 0, 0, 1));
  t.equal(parseLogTime('Feb 29 00:00:00', NOW), local(2024, 1, 29, 0, 0, 0));
  t.equal(parseLogTime('[23:59:59]', NOW), local(2026, 10, 20, 23, 59, 59), 'without a date it is yesterday\u2019s');
});

await t.test('days and hours that do not exist are no time', async (t) => {
  for (const text of ['', 'pbx ', 'Feb 30 01:00:00', '2026-13-01 00:00:00', '2026-02-29 00:00:00', 'Nov 21 24:00:00']) {
    t.equal(
      parseLogTime(text, NOW),
      text.includes('24') || !/\d:/.test(text) ? null : local(2026, 10, 21, Number(text.slice(-8, -6)), 0, 0),
      text,
    );
  }
  t.equal(parseLogTime('99/99/99 99:00:00', NOW), null);
  t.equal(parseLogTime('31/12/26 01:00:00', NOW), local(2026, 10, 21, 1, 0, 0), 'later than tomorrow in any reading');
  t.equal(parseLogTime('asterisk[1795225473]: ', NOW), null, 'a process\u2019s number is no time');
});

await t.test('a time that is written is read again', async (t) => {
  const pad = (value: number, size = 2) => String(value).padStart(size, '0');
  fc.assert(
    fc.property(fc.integer({ min: 1_000_000_000, max: 2_000_000_000 }), (seconds) => {
      const date = new Date(seconds * 1000);
      const text = `[${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}] `;
      const back = new Date(parseLogTime(text, NOW) ?? 0);
      // In the hour that the end of summer time repeats, the text can mean either.
      return Math.abs(back.getTime() - seconds * 1000) <= 3_600_000 && back.getMinutes() === date.getMinutes();
    }),
  );
  t.pass('holds');
});

await t.test('a month of another language is read, before and after the day', async (t) => {
  const now = new Date(2026, 11, 20).getTime();
  const at = new Date(2026, 2, 14, 12, 19, 53).getTime();
  for (const text of [
    'M\u00e4r 14 12:19:53 ',
    'mars 14 12:19:53 ',
    '14 mars 12:19:53 ',
    '14. M\u00e4r 12:19:53 ',
    '3\u6708 14 12:19:53 ',
  ]) {
    t.equal(parseLogTime(text, now), at, text);
  }
  t.equal(
    parseLogTime('Xyz 14 12:19:53 ', now),
    new Date(2026, 11, 19, 12, 19, 53).getTime(),
    'one of none is no date',
  );
});

import fc from 'fast-check';
import t from 'tap';
import { EVENT_TIME_LENGTH, parseEventTime, parseOldEventTime } from '../../src/sources/event-time.js';

await t.test('an EventTV is the moment that it says, in any zone', async (t) => {
  const check = fc.check(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('9998-01-01'), noInvalidDate: true }),
      fc.integer({ min: -779, max: 840 }),
      (date, offsetMinutes) => {
        const local = new Date(date.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1);
        const two = (number: number) => String(Math.trunc(number)).padStart(2, '0');
        const minutes = Math.abs(offsetMinutes);
        const text = `${local}${offsetMinutes < 0 ? '-' : '+'}${two(minutes / 60)}${two(minutes % 60)}`;
        return text.length === EVENT_TIME_LENGTH && parseEventTime(text) === date.getTime();
      },
    ),
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
});

await t.test('a text of another form is no time', async (t) => {
  for (const text of [
    '',
    '1368439853-500975',
    '2026-11-21T01:45:33.201Z',
    '2026-13-21T01:45:33.201+0000',
    'Nov 21 2026',
  ]) {
    t.equal(parseEventTime(text), null, text);
  }
});

await t.test('the time of Asterisk before 12 is seconds and microseconds, not padded', async (t) => {
  t.equal(parseOldEventTime('1368439853-500975'), 1_368_439_853_500);
  t.equal(parseOldEventTime('1368439853-975'), 1_368_439_853_000);
  t.equal(parseOldEventTime('0-0'), 0);
  for (const text of ['', '1368439853', '-1-5', '1368439853-1234567', '12345678901-0', ' 1-1', '2026-11-21']) {
    t.equal(parseOldEventTime(text), null, text);
  }
});

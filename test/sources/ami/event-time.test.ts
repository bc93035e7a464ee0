import fc from 'fast-check';
import t from 'tap';
import { EVENT_TIME_LENGTH, parseEventTime } from '../../../src/sources/ami/event-time.js';

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

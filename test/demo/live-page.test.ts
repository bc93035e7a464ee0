import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { LivePage, type LivePageOptions, renderLiveLine, renderLivePage } from '../../src/demo/live-page.js';
import type { Attacker, LiveView } from '../../src/demo/live-view.js';

const recent = Array.from({ length: 30 }, (_, index) => index % 8);
const attacker = (name: string, count: number): Attacker => ({
  ...{ name, count, perSecond: count / 60, recent: [] },
  ...{ service: 'PJSIP', transport: 'UDP' },
});
const VIEW: LiveView = {
  title: 'asterisk-auth-stats',
  uptimeMs: 3_723_000,
  connection: { state: 'hearing' },
  services: [
    { name: 'PJSIP', count: 12_345, perSecond: 28.5, recent },
    { name: 'AMI', count: 160, perSecond: 0, recent: recent.map(() => 0) },
  ],
  attackers: [
    attacker('203.0.113.9', 1000),
    attacker('2001:db8:bad:cafe:1234:5678:9abc:def0', 505),
    attacker('192.0.2.66', 0),
  ],
  addresses: 46,
  otherEvents: [
    { name: 'PJSIP ChallengeSent', count: 2142, perSecond: 0, recent: [] },
    { name: 'SIP ChallengeSent', count: 240, perSecond: 0, recent: [] },
    { name: 'PJSIP SuccessfulAuth', count: 39, perSecond: 0, recent: [] },
    { name: 'AMI SuccessfulAuth', count: 1, perSecond: 0, recent: [] },
  ],
  notice: 'demo: a simulated PBX; to read your own Asterisk: AMI_HOST=... npm start',
};
const EMPTY: LiveView = { ...VIEW, services: [], attackers: [], addresses: 0, otherEvents: [] };

await t.test('the page at 80 by 24', async (t) => {
  const page = renderLivePage(VIEW, 80, 24);
  t.equal(
    page,
    [
      ' asterisk-auth-stats                                                up 01:02:03',
      ' ● connected, security events arrive',
      '',
      ' FAILED AUTHENTICATIONS                   count     rate  last minute',
      ' PJSIP                                   12,345   28.5/s  ▂▃▄▅▆▇█▁▂▃▄▅▆▇█▁▂▃▄▅▆',
      ' AMI                                        160    0.0/s  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁',
      ' all                                     12,505   28.5/s  ▂▃▄▅▆▇█▁▂▃▄▅▆▇█▁▂▃▄▅▆',
      '',
      ' TOP ATTACKERS  of 46                     count     rate',
      ' 203.0.113.9              PJSIP UDP       1,000   16.7/s  █████████████████████',
      ' 2001:db8:bad:cafe:1234:… PJSIP UDP         505    8.4/s  ██████████▋',
      ' 192.0.2.66               PJSIP UDP           0    0.0/s',
      '',
      ' OTHER EVENTS',
      ' PJSIP ChallengeSent 2,142   SIP ChallengeSent 240   PJSIP SuccessfulAuth 39',
      ' AMI SuccessfulAuth 1',
      ...['', '', '', '', '', ''],
      ' demo: a simulated PBX; to read your own Asterisk: AMI_HOST=... npm start',
      ' Ctrl-C ends',
    ].join('\n'),
  );
});

await t.test('a wide page shows a whole IPv6 address', async (t) => {
  t.match(renderLivePage(VIEW, 120, 40), / 2001:db8:bad:cafe:1234:5678:9abc:def0 {3,}PJSIP UDP/);
});

await t.test('a page without anything yet says so', async (t) => {
  const page = renderLivePage(EMPTY, 80, 24);
  t.equal(page.match(/none yet/g)?.length, 3);
  t.notMatch(page, / all /);
});

await t.test('each state of the connection is said, with the reason and the way out where there is one', async (t) => {
  const line = (connection: LiveView['connection']) =>
    renderLivePage({ ...VIEW, connection }, 60, 24)
      .split('\n')
      .slice(1, 4);
  t.match(line({ state: 'connecting' }), [/^ ○ connecting$/, '']);
  t.match(line({ state: 'connected' }), [/^ ● connected, waiting for the first security event$/, '']);
  t.match(line({ state: 'disconnected', reason: 'ECONNREFUSED', retryMs: 1200 }), [
    ' ○ not connected, next try in 2 s: ECONNREFUSED',
    '',
  ]);
  const reason = 'no event of its own login came back; give the user read = security in manager.conf';
  t.same(line({ state: 'deaf', reason }), [
    ' ● connected, but deaf: no event of its own login came back;',
    '   give the user read = security in manager.conf',
    '',
  ]);
  t.match(line({ state: 'partly-deaf', missing: ['InvalidAccountID'], reason: 'mend the eventfilter' }), [
    ' ● connected, but partly deaf: mend the eventfilter',
  ]);
});

await t.test('a low page keeps its foot, then its head', async (t) => {
  t.same(renderLivePage(VIEW, 80, 1), ' Ctrl-C ends');
  t.match(renderLivePage(VIEW, 80, 4).split('\n'), [/asterisk-auth-stats/, /●/, / demo: /, / Ctrl-C/]);
  const many = { ...VIEW, attackers: Array.from({ length: 50 }, (_, i) => attacker(`192.0.2.${i}`, 50 - i)) };
  const lines = renderLivePage(many, 80, 20).split('\n');
  t.equal(lines.filter((line) => line.includes('192.0.2.')).length, 4);
  t.match(lines.at(-3), '', 'other events still have their place');
  t.notMatch(renderLivePage(many, 80, 14), /none yet/);
});

await t.test('hostile names are shown escaped and cannot touch the terminal or the layout', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\x1b[2J\x1b[31m', 'a\nb', '\u202eevil', '日本'),
  );
  const size = fc.integer({ min: 1, max: 120 });
  fc.assert(
    fc.property(
      text,
      fc.integer({ min: -5, max: 1e9 }),
      size,
      size,
      fc.boolean(),
      (name, count, columns, rows, color) => {
        const one = { ...attacker(name, count), service: name, transport: name, recent: [count, 0] };
        const connection = { state: 'deaf', reason: name } as const;
        const hostile = {
          ...VIEW,
          connection,
          title: name,
          notice: name,
          services: [one, { ...one, recent: [] }],
          attackers: [one, { ...one, count: -7 }],
          otherEvents: [one],
        };
        const page = renderLivePage(hostile, columns, rows, color);
        const lines = stripVTControlCharacters(page).split('\n');
        const clean = /^[\x20-\x7e●○…▁-█▏▎▍▌▋▊▉]*$/;
        const line = renderLiveLine(hostile);
        return (
          lines.length === rows &&
          [...lines, line].every((l) => clean.test(l)) &&
          lines.every((l) => l.length <= columns)
        );
      },
    ),
  );
});

await t.test('colour changes nothing but colour, and is left out unless asked for', async (t) => {
  const painted = renderLivePage(VIEW, 80, 24, true);
  t.match(painted, /\x1b\[32m●\x1b\[0m/);
  const plain = stripVTControlCharacters(painted)
    .split('\n')
    .map((line) => line.trimEnd());
  t.equal(plain.join('\n'), renderLivePage(VIEW, 80, 24));
});

await t.test('the compact line says the same in one line', async (t) => {
  t.equal(
    renderLiveLine(VIEW),
    'up 01:02:03  hearing  failed 12,505 (28.5/s)  PJSIP 12,345  AMI 160  addresses 46  worst 203.0.113.9 1,000',
  );
  t.equal(renderLiveLine(EMPTY), 'up 01:02:03  hearing  failed 0 (0.0/s)  addresses 0');
});

/** A page on a fake output, drawn by hand. */
function page(out: Partial<LivePageOptions['out']>) {
  const written: string[] = [];
  const stop = new AbortController();
  let draw = () => {};
  let every = 0;
  let stopped = 0;
  const live = new LivePage({
    out: { ...out, write: (text) => written.push(text) },
    snapshot: () => VIEW,
    color: false,
    every: (callback, ms) => {
      draw = callback;
      every = ms;
      return () => {
        stopped += 1;
      };
    },
  });
  return { live, stop, written, draw: () => draw(), every: () => every, stopped: () => stopped };
}

await t.test('on a terminal the page refreshes in place twice a second and gives the terminal back', async (t) => {
  const { live, stop, written, draw, every, stopped } = page({ isTTY: true, columns: 60, rows: 20 });
  live.start(stop.signal);
  t.equal(every(), 500);
  draw();
  t.same(written.splice(0, 1), ['\x1b[?1049h\x1b[?25l'], 'another screen, no cursor');
  const drawn = `\x1b[H${renderLivePage(VIEW, 60, 20).replace(/^/gm, '\x1b[2K')}`;
  t.same(written.splice(0), [drawn, drawn]);
  stop.abort();
  t.equal(stopped(), 1);
  t.same(written, ['\x1b[?25h\x1b[?1049l', `${renderLiveLine(VIEW)}\n`]);
});

await t.test('a terminal that does not take its pages gets no more of them until it does', async (t) => {
  const { live, stop, written } = page({ isTTY: true, writableNeedDrain: true });
  live.start(stop.signal);
  t.equal(written.length, 1);
});

await t.test('a terminal that does not tell its size is taken for 80 by 24', async (t) => {
  const { live, stop, written } = page({ isTTY: true });
  live.start(stop.signal);
  t.equal(stripVTControlCharacters(written[1] ?? ''), renderLivePage(VIEW, 80, 24));
});

await t.test('anywhere else there is a line every five seconds and no control character', async (t) => {
  const { live, stop, written, draw, every } = page({});
  live.start(stop.signal);
  t.equal(every(), 5000);
  draw();
  stop.abort();
  t.same(written, Array(3).fill(`${renderLiveLine(VIEW)}\n`));
});

await t.test('a signal that is aborted already leaves one page and no timer', async (t) => {
  const { live, stop, written, stopped } = page({ isTTY: true });
  stop.abort();
  live.start(stop.signal);
  t.equal(stopped(), 1);
  t.match(written.at(-1), /^up /);
});

await t.test('its own timer draws again and ends with the signal', async (t) => {
  const stop = new AbortController();
  const drawn = await new Promise<number>((resolve) => {
    let count = 0;
    const write = () => {
      count += 1;
      if (count === 3) resolve(count);
    };
    new LivePage({ out: { isTTY: true, write }, snapshot: () => VIEW, color: true }).start(stop.signal);
  });
  stop.abort();
  t.equal(drawn, 3);
});

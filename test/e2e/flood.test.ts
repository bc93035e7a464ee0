// As many events as a real Asterisk can raise. FLOOD_SECONDS makes it longer than the 30 s of a normal run.
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { startFlood } from './driver/flood.js';
import { startWitness } from './driver/witness.js';
import { AMI_SECRET, startAsterisk } from './lab/asterisk.js';
import { startExporter } from './lab/exporter.js';
import { startStatsd } from './lab/statsd.js';
import { settled, until } from './lab/until.js';

const SECONDS = Number(process.env['FLOOD_SECONDS'] ?? 30);
const SOURCES = 100;
const MIB = 1024 * 1024;

await t.test(
  'in the fastest flood every event is counted, the connection stays and the memory is flat',
  { timeout: (SECONDS + 60) * 1000 },
  async (t) => {
    const statsd = await startStatsd();
    t.teardown(statsd.stop);
    const asterisk = await startAsterisk(22);
    t.teardown(asterisk.stop);
    const exporter = startExporter(asterisk, statsd, { FLUSH_MS: 1000, LOG_LEVEL: 'info' });
    t.teardown(exporter.stop);
    await exporter.hearing();
    const witness = await startWitness(asterisk.ports.ami, AMI_SECRET);
    t.teardown(witness.stop);

    const flood = await startFlood({ port: asterisk.ports.sip, sources: SOURCES, window: 50 });
    const memory: number[] = [];
    for (let second = 0; second < SECONDS; second += 1) {
      await delay(1000);
      memory.push(exporter.memory().now);
    }
    const { sent, answered } = await flood.stop();

    // The sums of the addresses and of `other` are the count, whatever the cap does with the addresses.
    const raised = async () => {
      const { events } = await witness.report();
      const unknown = events['InvalidAccountID'] ?? 0;
      return { unknown, challenges: events['ChallengeSent'] ?? 0, failed: unknown, ofAddresses: unknown };
    };
    const counted = async () => {
      const counters = await statsd.counters();
      const ofAddresses = [...counters].filter(([name]) => /^security\.failed_auth\.PJSIP\.(IPV4-|other$)/.test(name));
      return {
        unknown: counters.get('security.events.PJSIP.InvalidAccountID') ?? 0,
        challenges: counters.get('security.events.PJSIP.ChallengeSent') ?? 0,
        failed: counters.get('security.failed_auth.PJSIP.count') ?? 0,
        ofAddresses: ofAddresses.reduce((sum, [, value]) => sum + value, 0),
      };
    };
    await until('as many events counted as answered', async () =>
      (await counted()).challenges >= answered ? true : null,
    );
    const all = await raised();
    t.strictSame(await settled(all, counted), all, 'what Asterisk raised stands at statsd');
    // PJSIP drops requests, and raises nothing, while one of Asterisk's queues is over its high water mark.
    t.ok(all.unknown >= answered && all.unknown <= sent, `${answered} <= ${all.unknown} <= ${sent}`);
    t.equal(all.challenges, all.unknown, 'two events for each request');
    t.equal((await witness.report()).closed, false, 'Asterisk closed no connection');
    t.equal((await statsd.counters()).get('exporter.reconnects') ?? 0, 0, 'nor did the exporter');

    const early = Math.max(...memory.slice(0, Math.ceil(SECONDS / 3)));
    const late = Math.max(...memory.slice(-Math.ceil(SECONDS / 3)));
    t.comment(
      `${Math.round((2 * answered) / SECONDS)} events/s, ${sent - answered} requests unanswered, at most ${Math.round(late / MIB)} MiB`,
    );
    t.ok(late < early + 32 * MIB, `${late} bytes at the end, ${early} at the start`);
    t.equal(await exporter.stop(), 0, 'a stop exits with 0');
  },
);

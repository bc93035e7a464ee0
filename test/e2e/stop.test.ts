// A stop that ends: what was counted is delivered, and nothing can hold it up for ever.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { startFlood } from './driver/flood.js';
import { startWitness } from './driver/witness.js';
import { AMI_SECRET, startAsterisk } from './lab/asterisk.js';
import { startChild } from './lab/child.js';
import { startExporter } from './lab/exporter.js';
import { CACHE, labPort } from './lab/place.js';
import { startStatsd } from './lab/statsd.js';
import { until } from './lab/until.js';

await t.test('SIGTERM in the middle of a flood delivers the window that had begun and exits with 0', async (t) => {
  const statsd = await startStatsd();
  t.teardown(statsd.stop);
  const asterisk = await startAsterisk(22);
  t.teardown(asterisk.stop);
  // One window for the whole flood: all that arrives, arrives through the last flush.
  const exporter = startExporter(asterisk, statsd, { FLUSH_MS: 60_000, LOG_LEVEL: 'info' });
  t.teardown(exporter.stop);
  await exporter.hearing();
  const witness = await startWitness(asterisk.ports.ami, AMI_SECRET);
  t.teardown(witness.stop);
  const flood = await startFlood({ port: asterisk.ports.sip, sources: 20, window: 50 });
  await delay(2000);
  const seenBefore = (await witness.report()).events['InvalidAccountID'] ?? 0;
  await delay(500);

  t.equal((await statsd.counters()).get('exporter.events'), undefined, 'nothing was sent yet');
  t.equal(await exporter.stop(), 0, 'a stop exits with 0');
  const { sent } = await flood.stop();
  const counters = await until('the last window at statsd', async () => {
    const now = await statsd.counters();
    return now.has('exporter.events') ? now : null;
  });
  const counted = counters.get('security.failed_auth.PJSIP.count') ?? 0;
  t.ok(counted > seenBefore && counted <= sent, `${seenBefore} < ${counted} <= ${sent}`);
  const ofEvents = [...counters].filter(([name]) => name.startsWith('security.events.'));
  t.equal(
    ofEvents.reduce((sum, [, value]) => sum + value, 0),
    counters.get('exporter.events'),
    'the exporter sent all that it read',
  );
});

/** A StatsD receiver over TCP as it is at its worst: the kernel completes no further connection, and nobody refuses one either. */
async function startStuckReceiver(): Promise<{ port: number; stop(): Promise<unknown> }> {
  const port = labPort(30);
  const logFile = `${CACHE}stuck.log`;
  const program = `require('node:net').createServer().listen({ host: '127.0.0.1', port: ${port}, backlog: 1 }, () => process.kill(process.pid, 'SIGSTOP'))`;
  const child = startChild([process.execPath, '--eval', program], { env: { PATH: process.env['PATH'] }, logFile });
  await until('the receiver stopped', () =>
    /^\d+ \(.*\) T/.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8')) ? true : null,
  );
  const waiting = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await once(waiting[0] as Socket, 'connect');
  return {
    port,
    stop: () => {
      for (const socket of waiting) socket.destroy();
      // It is stopped, and would take SIGTERM only when it is continued.
      child.signal('SIGKILL');
      return child.ended;
    },
  };
}

await t.test('with a receiver that takes nothing the grace time ends the stop with 1', async (t) => {
  const receiver = await startStuckReceiver();
  t.teardown(receiver.stop);
  const asterisk = await startAsterisk(22);
  t.teardown(asterisk.stop);
  const exporter = startExporter(asterisk, receiver, { STATSD_PROTOCOL: 'tcp', STOP_SECONDS: 2 });
  t.teardown(exporter.stop);
  await exporter.hearing();

  const began = performance.now();
  exporter.signal('SIGTERM');
  t.equal(await exporter.ended, 1, 'exits with 1');
  const seconds = (performance.now() - began) / 1000;
  t.ok(seconds > 1.5 && seconds < 4, `after ${seconds} s`);
});

await t.test('with a receiver whose name does not resolve the grace time ends the stop with 1', async (t) => {
  const asterisk = await startAsterisk(22);
  t.teardown(asterisk.stop);
  const exporter = startExporter(asterisk, { port: labPort(30) }, { STATSD_HOST: 'statsd.invalid', STOP_SECONDS: 2 });
  t.teardown(exporter.stop);
  await exporter.hearing();

  const began = performance.now();
  exporter.signal('SIGTERM');
  t.equal(await exporter.ended, 1, 'exits with 1');
  t.ok(performance.now() - began < 4000);
});

await t.test('a second signal ends a stop that waits, with 1 and at once', async (t) => {
  const receiver = await startStuckReceiver();
  t.teardown(receiver.stop);
  const asterisk = await startAsterisk(22);
  t.teardown(asterisk.stop);
  const exporter = startExporter(asterisk, receiver, { STATSD_PROTOCOL: 'tcp', STOP_SECONDS: 30 });
  t.teardown(exporter.stop);
  await exporter.hearing();

  exporter.signal('SIGTERM');
  await exporter.logged('the stop', ({ msg }) => /stop/i.test(msg));
  const began = performance.now();
  exporter.signal('SIGINT');
  t.equal(await exporter.ended, 1, 'exits with 1');
  t.ok(performance.now() - began < 2000);
});

// One reader of throughput.mjs: reads until all events are in, then tells its parent the CPU time that it took.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [kind, amiPort, statsdPort, eventsText, bytesText] = process.argv.slice(2);
const events = Number(eventsText);

const READERS = { raw, stock, exporter: () => exporter('false'), detection: () => exporter('true') };
await READERS[kind]();

function finish(before) {
  const { user, system } = process.cpuUsage(before);
  process.send({ cpuSeconds: (user + system) / 1e6 }, () => process.disconnect());
}

/** The limit: the bytes arrive and nothing is done with them. */
async function raw() {
  const socket = connect(Number(amiPort), '127.0.0.1');
  socket.write('Action: Login\r\nActionID: 1\r\n\r\n');
  // The greeting and the login's answer come before the flood.
  await sleep(150);
  const before = process.cpuUsage();
  let read = 0;
  socket.on('data', (bytes) => {
    read += bytes.length;
    if (read >= Number(bytesText)) {
      finish(before);
      socket.destroy();
    }
  });
}

/** asterisk-ami-client as it comes: its events are counted and nothing else. */
async function stock() {
  const { default: AmiClient } = await import('asterisk-ami-client');
  const client = new AmiClient();
  await client.connect('bench', 'bench', { host: '127.0.0.1', port: Number(amiPort) });
  const before = process.cpuUsage();
  let seen = 0;
  client.on('event', () => {
    seen++;
    if (seen === events) {
      finish(before);
      client.disconnect();
    }
  });
}

/** The whole program: AMI, strict reading, both meters, health, StatsD over UDP; with `detect` guesses, scores and rules too. */
async function exporter(detect) {
  const { loadConfig } = await import('../dist/config/load-config.js');
  const { runExporter } = await import('../dist/exporter/exporter.js');
  const environment = {
    AMI_HOST: '127.0.0.1',
    AMI_PORT: amiPort,
    AMI_USERNAME: 'bench',
    AMI_SECRET: 'bench',
    STATSD_PORT: statsdPort,
    DETECT: detect,
  };
  const { config } = loadConfig(environment, () => new Uint8Array());
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const stop = new AbortController();
  let before = process.cpuUsage();
  const running = runExporter(
    { config, log, version: 'bench', onState: () => (before = process.cpuUsage()) },
    stop.signal,
  );
  // It is stopped when the flood is over; the last flush belongs to the work.
  let busy = process.cpuUsage();
  for (let waits = 0; waits < 300; waits++) {
    await sleep(300);
    const { user, system } = process.cpuUsage(busy);
    busy = process.cpuUsage();
    if (user + system < 20_000 && process.cpuUsage(before).user > 200_000) break;
  }
  stop.abort();
  await running;
  finish(before);
}

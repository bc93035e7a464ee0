import { existsSync } from 'node:fs';
import t, { type Test } from 'tap';
import { type BlockerOptions, runBlocker } from '../../src/blocker/blocker.js';
import { loadBlockerConfig } from '../../src/config/blocker-config.js';
import { type BanTarget, parseTarget } from '../../src/domain/ban-target.js';
import { ControlClient } from '../../src/operator/client.js';
import { StatsdReceiver } from '../../src/simulator/statsd-receiver.js';
import { eventually, recordedLog, tcpServer } from '../metrics/fixtures.js';
import { socketPath } from '../wire/socket-path.js';

const target = (text: string) => parseTarget(text) as BanTarget;

const noFile = () => {
  throw new Error('no file is named');
};

/** As the program loads it, in a dry run. */
function configOf(environment: Readonly<Record<string, string>>): BlockerOptions['config'] {
  const loaded = loadBlockerConfig(environment, noFile);
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join('\n'));
  return loaded.config;
}

async function running(t: Test, settings: Readonly<Record<string, string>> = {}) {
  const stop = new AbortController();
  t.teardown(() => stop.abort());
  const path = socketPath(t);
  const statsdStop = new AbortController();
  t.teardown(() => statsdStop.abort());
  const statsd = await StatsdReceiver.listen(statsdStop.signal);
  const config = configOf({
    DECISION_SOCKET: path,
    CONTROL_SOCKET: `${path}c`,
    STATSD_PORT: String(statsd.port),
    FLUSH_MS: '100',
    STOP_SECONDS: '5',
    ...settings,
  });
  const log = recordedLog();
  const ended = runBlocker({ config, log, version: '9.8.7' }, stop.signal);
  // Whoever waits for the end is told.
  ended.catch(() => undefined);
  const client = async () => {
    await eventually(() => (existsSync(config.control.socket) ? true : null));
    return ControlClient.open({ path: config.control.socket });
  };
  return { config, log, ended, client, statsd, stop: () => stop.abort() };
}

await t.test('it bans, tells how many, and ends with the bans kept', async (t) => {
  const STATE_DIR = t.testdir();
  const { client, log, statsd, stop, ended } = await running(t, { STATE_DIR });
  const operator = await client();
  t.strictSame(await operator.add({ target: target('203.0.113.9'), seconds: 60, reason: 'test' }), {
    result: 'banned',
    reason: null,
  });
  t.match(await operator.add({ target: target('127.0.0.1'), seconds: 60, reason: 'test' }), { reason: 'allowlisted' });
  t.match(await operator.status(), { firewall: 'dry-run', desired: 1, enforced: 1, fault: null });
  operator.close();
  await eventually(() => statsd.totals().get('security.bans.refused.allowlisted') ?? null);
  t.equal(statsd.totals().get('security.bans.added'), 1);
  stop();
  t.equal(await ended, true);
  t.ok(log.lines.some(([, , message]) => /would ban 203\.0\.113\.9/.test(message)));

  const again = await running(t, { STATE_DIR, BLOCKER_FLUSH_ON_STOP: 'true' });
  const other = await again.client();
  t.match(await other.list(), [{ address: '203.0.113.9/32', isEnforced: true }]);
  other.close();
  again.stop();
  t.equal(await again.ended, true);
});

await t.test('over HTTP it tells how it is, with the same counts', async (t) => {
  const { server, port } = await tcpServer();
  server.close();
  const { client, stop, ended } = await running(t, { BLOCKER_HTTP_PORT: String(port) });
  const operator = await client();
  await operator.add({ target: target('203.0.113.9'), seconds: 60, reason: 'test' });
  operator.close();
  const page = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.text() };
  };
  t.strictSame(await page('/readyz'), { status: 200, body: 'ok\n' });
  t.strictSame(await page('/healthz'), { status: 200, body: 'ok\n' });
  while (!(await page('/metrics')).body.includes('\nasterisk_auth_stats_security_bans_added_total 1\n'));
  stop();
  t.equal(await ended, true);
});

await t.test('a stop whose last readings nobody takes ends with false', async (t) => {
  const { server, port } = await tcpServer();
  server.close();
  const settings = { STATSD_PROTOCOL: 'tcp', STATSD_PORT: String(port), STOP_SECONDS: '1' };
  const { client, stop, ended, log } = await running(t, settings);
  (await client()).close();
  stop();
  t.equal(await ended, false);
  t.match(log.lines.at(-1), ['warn', {}, 'the grace time ended before the last readings were sent']);
});

await t.test('what keeps it from starting names the variable, and leaves nothing behind', async (t) => {
  const { server, port } = await tcpServer();
  t.teardown(() => server.close());
  const taken = await running(t, { BLOCKER_HTTP_PORT: String(port) });
  await t.rejects(taken.ended, { message: /^BLOCKER_HTTP_PORT: port \d+ of 127\.0\.0\.1 is in use/ });
  t.notOk(existsSync(taken.config.control.socket));
  const nowhere = await running(t, { CONTROL_SOCKET: '/no/such/directory/control' });
  await t.rejects(nowhere.ended, { message: /CONTROL_SOCKET/ });
});

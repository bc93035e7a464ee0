// docker-compose.yml as its users start it: Compose v2 reads it, and podman runs our own images of it beside stand-ins for those of others.
import t from 'tap';
import type { GraphiteSeries } from './lab/graphite.js';
import { hasNamespaces, installCompose, startStack } from './lab/stack.js';
import { settled, until } from './lab/until.js';

const EVERYTHING = ['--profile', '*'];
const FAILURES = 'stats.counters.security.failed_auth.*.count.count';
const FAILED = /^asterisk_auth_stats_failed_auth_total\{.*\} (\d+)$/gm;

await t.test('Compose takes the file, with every profile', async (t) => {
  const compose = installCompose();
  t.equal(await compose('config', '--quiet'), '');
  t.equal(await compose(...EVERYTHING, 'config', '--quiet'), '');
  t.strictSame((await compose('config', '--services')).trim().split('\n').sort(), [
    'exporter',
    'grafana',
    'graphite',
    'simulator',
  ]);
});

await t.test('who has set nothing is told what to do', async (t) => {
  await t.rejects(installCompose(['--env-file', '/dev/null'])('config', '--quiet'), {
    message: /AMI_(HOST|USERNAME).* is not set\..* \.env/,
  });
});

const skip = !hasNamespaces() && 'this machine lets nobody make containers';

await t.test('the stack', { skip }, async (t) => {
  const stack = await startStack();
  t.teardown(stack.stop);
  const { compose, podman, ask, healthy } = stack;
  const up = (...services: string[]) =>
    compose('up', '--detach', '--pull', 'never', '--no-build', '--no-recreate', ...services);

  await t.test('all of it gets healthy', async () => {
    // The receiver first: what is sent to a port on which nobody listens yet is lost.
    await up('graphite');
    await healthy('graphite');
    await up();
    for (const service of ['simulator', 'exporter', 'grafana']) await healthy(service);
  });

  await t.test('every failure that the simulated PBX raised stands in Graphite', async (t) => {
    let answer = '[]';
    const stored = async () => {
      // A question that times out on a busy machine is asked again.
      answer = await ask(`http://graphite/render?format=json&from=-1h&target=${FAILURES}`).catch(() => answer);
      return (JSON.parse(answer) as GraphiteSeries[])
        .flatMap(({ datapoints }) => datapoints)
        .reduce((sum, [value]) => sum + (value ?? 0), 0);
    };
    await until('some are stored', async () => ((await stored()) > 100 ? true : null), 60);
    await compose('stop', 'simulator');
    // The next tests want it back, whatever comes of this one.
    t.teardown(() => compose('start', 'simulator'));
    const metrics = await ask('http://127.0.0.1:9465/metrics');
    const counted = [...metrics.matchAll(FAILED)].reduce((sum, [, count]) => sum + Number(count), 0);
    // statsd writes every ten seconds, and carbon makes some hundred files first.
    const all = await settled(counted, stored, 60);
    t.equal(
      all,
      counted,
      `${all} of ${counted} stored${all === counted ? '' : `: ${answer.replaceAll('[null, ', '[, ')}`}`,
    );
  });

  await t.test('what reads attackers has no right at all', async (t) => {
    for (const service of ['exporter', 'simulator']) {
      const status = await podman('exec', service, 'cat', '/proc/1/status');
      for (const line of [/^Uid:(\t10001){4}$/m, /^Gid:(\t10001){4}$/m, /^CapBnd:\t0+$/m, /^NoNewPrivs:\t1$/m]) {
        t.match(status, line, service);
      }
      await t.rejects(podman('exec', service, 'touch', '/app/x'), { message: /Read-only file system/ });
    }
    await t.rejects(podman('exec', 'exporter', 'touch', '/run/asterisk-auth-stats/x'), {
      message: /Read-only file system/,
    });
  });

  await t.test('the image has the program and no means to make another', async (t) => {
    const tools = ['npm', 'npx', 'gcc', 'make', 'python3', 'curl', 'wget', 'nft'];
    const look = `cd /app && ls -A && ls node_modules/classic-level/prebuilds && command -v ${tools.join(' ')}`;
    const found = await compose('exec', '-T', 'exporter', 'sh', '-c', `${look}; true`);
    t.strictSame(found.trim().split('\n'), [
      'dist',
      'health.mjs',
      'node_modules',
      'package.json',
      'linux-arm',
      'linux-arm64',
      'linux-x64',
    ]);
    t.match(await compose('exec', '-T', 'exporter', 'node', 'dist/cli.js', 'check-config'), /^AMI_SECRET_FILE +\/run/m);
  });

  await t.test('it hears within two seconds of its start', async (t) => {
    await compose('restart', 'exporter');
    await healthy('exporter');
    const [{ State }] = JSON.parse(await podman('inspect', 'exporter')) as [{ State: { StartedAt: string } }];
    const lines = (await compose('logs', '--no-log-prefix', 'exporter')).trim().split('\n');
    const heard = lines.findLast((line) => line.includes('security events arrive')) ?? '';
    const ms = Date.parse((JSON.parse(heard) as { time: string }).time) - Date.parse(State.StartedAt);
    t.comment(`it heard ${ms} ms after its start`);
    // Twice as much for a machine that has other things to do.
    t.ok(ms < 4000);
  });

  await t.test(
    'the blocker may change the firewall and nothing else, and its socket is open to the exporter',
    async (t) => {
      const once = (...command: string[]) =>
        compose(
          ...EVERYTHING,
          'run',
          '--rm',
          '-T',
          '--no-deps',
          '--entrypoint',
          command[0] ?? '',
          'blocker',
          ...command.slice(1),
        );
      const status = await once('cat', '/proc/1/status');
      // CAP_NET_ADMIN is number 12.
      for (const line of [
        /^Uid:(\t0){4}$/m,
        /^Gid:(\t10001){4}$/m,
        /^CapEff:\t0{12}1000$/m,
        /^CapBnd:\t0{12}1000$/m,
        /^NoNewPrivs:\t1$/m,
      ]) {
        t.match(status, line);
      }
      t.match(await once('sh', '-c', 'nft add table inet e2e && nft list tables'), 'table inet e2e');
      await compose(...EVERYTHING, 'up', '--detach', '--pull', 'never', '--no-build', '--no-recreate', 'blocker');
      await healthy('blocker');
      const evidence = { pbx: 'e2e', service: 'PJSIP', attempts: 10, accounts: 1, since: 0, isProven: true };
      const address = '203.0.113.9/32';
      const decision = { v: 1, type: 'ban', address, seconds: 60, reason: 'brute_force', at: 0, evidence };
      const decide = `const socket = require('node:net').connect('/run/asterisk-auth-stats/decisions.sock');
      socket.on('error', () => process.exit(1)).once('data', (answer) => process.stdout.write(answer, () => process.exit()));
      socket.write(${JSON.stringify(`${JSON.stringify(decision)}\n`)});`;
      const answer = await compose('exec', '-T', 'exporter', 'node', '--eval', decide);
      t.strictSame(JSON.parse(answer), { v: 1, address, result: 'banned' });
      const bans = await compose(...EVERYTHING, 'exec', '-T', 'blocker', 'node', 'dist/cli.js', 'bans', 'list');
      t.match(bans, /203\.0\.113\.9 +brute_force/);
    },
  );

  await t.test('findings are annotations', async (t) => {
    const events = JSON.parse(await ask('http://graphite/events/get_data?from=-1h')) as { what: string }[];
    t.ok(events.some(({ what }) => what.includes('203.0.113.9')));
  });

  await t.test('Grafana finds its provisioning, its password and Graphite', async (t) => {
    t.match(JSON.parse(await ask('http://grafana:3000/')), { user: 472, password: 'demo', provisioning: [1, 1, 1] });
    t.match(await ask(`http://grafana:3000/graphite/render?format=json&from=-1h&target=${FAILURES}`), '"datapoints"');
  });

  await t.test('a stop sends what was counted, and is quick', async (t) => {
    await compose('stop', 'exporter');
    t.match(JSON.parse(await podman('inspect', 'exporter')), [{ State: { ExitCode: 0 } }]);
    t.match(await compose('logs', '--no-log-prefix', '--tail', '1', 'exporter'), '"isDone":true');
  });
});

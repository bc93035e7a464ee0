import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';

const SCRIPT = fileURLToPath(new URL('../../scripts/check-stack.mjs', import.meta.url));
const run = promisify(execFile);

const METRICS = `# TYPE asterisk_auth_stats_failed_auth_total counter
asterisk_auth_stats_failed_auth_total{service="PJSIP"} 101
asterisk_auth_stats_failed_auth_total{service="SIP"} 40
`;
const ADDRESS = 'stats.counters.security.failed_auth.PJSIP.IPV4-UDP-203_0_113_9.count';

async function serve(t: Test, answer: (request: IncomingMessage) => string | null): Promise<string> {
  const server = createServer((request, response) => {
    const text = answer(request);
    if (text === null) response.statusCode = 401;
    response.end(text ?? 'no');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The parts of the stack, of which Graphite has stored `stored` failed logins. */
async function stack(t: Test, { stored = 141, names = [ADDRESS], dashboards = 4 } = {}) {
  const totals = [
    {
      target: 'PJSIP',
      datapoints: [
        [stored - 40, 1],
        [null, 2],
      ],
    },
    { target: 'SIP', datapoints: [[40, 1]] },
  ];
  return {
    GRAPHITE: await serve(t, ({ url = '' }) =>
      decodeURIComponent(url).includes('.PJSIP.*.')
        ? JSON.stringify(names.map((target) => ({ target, datapoints: [[1, 1]] })))
        : JSON.stringify(totals),
    ),
    EXPORTER: await serve(t, ({ url }) => (url === '/metrics' ? METRICS : 'hearing')),
    GRAFANA: await serve(t, ({ headers }) =>
      headers.authorization === `Basic ${btoa('admin:demo')}` ? JSON.stringify(Array(dashboards).fill({})) : null,
    ),
  };
}

/** @returns standard output. @throws with `code` and `stderr` if the check fails. */
async function check(what: string, env: Record<string, string>): Promise<string> {
  const { stdout } = await run(process.execPath, [SCRIPT, what], { env: { SECONDS_MAX: '0', ...env } });
  return stdout;
}

await t.test('a stack that works passes both checks', async (t) => {
  const parts = await stack(t);
  t.equal((await check('attacked', parts)).match(/^ok: /gm)?.length, 4);
  t.match(await check('counted', parts), /^ok: Graphite has every failed login/);
});

await t.test('what is missing is named, with what was seen last', async (t) => {
  await t.rejects(check('attacked', await stack(t, { stored: 50 })), {
    code: 1,
    stderr: /in Graphite: 50 failed logins/,
  });
  await t.rejects(check('attacked', await stack(t, { names: ['PJSIP.count.count'] })), {
    code: 1,
    stderr: /no series of an address/,
  });
  await t.rejects(check('attacked', await stack(t, { dashboards: 3 })), { code: 1, stderr: /3 dashboards of 4/ });
  await t.rejects(check('counted', await stack(t, { stored: 140 })), { code: 1, stderr: /140 of 141/ });
  await t.rejects(check('counted', { ...(await stack(t)), GRAPHITE: 'http://127.0.0.1:1' }), { code: 1 });
  await t.rejects(check('nothing', {}), { code: 64 });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { exporterResult } from '../../../src/doctor/checks/running-exporter.js';
import { amiConfig } from '../pbx-fixture.js';

async function answering(t: Test, status: number, body: string, host = '127.0.0.1') {
  const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, host);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return exporterResult(amiConfig(5038, { HTTP_HOST: host, HTTP_PORT: (server.address() as AddressInfo).port }));
}

await t.test('a running exporter says itself how it is', async (t) => {
  t.match(await answering(t, 200, 'ok'), { verdict: 'good' });
  t.match(await answering(t, 200, '', '::1'), { verdict: 'good' });
  const deaf = await answering(t, 503, `deaf\u001b[2J${'x'.repeat(5_000)}`);
  t.match(deaf, { verdict: 'mend', seen: /^the running exporter is not ready: deaf/ });
  t.notMatch(deaf.seen, /\u001b/);
  t.ok(deaf.seen.length < 1_200);
  t.match(await answering(t, 503, ''), { verdict: 'mend' });
});

await t.test('one that does not answer was not started yet, perhaps', async (t) => {
  t.match(await exporterResult(amiConfig(5038)), { verdict: 'note', fix: { text: 'HTTP_PORT=9465' } });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  t.match(await exporterResult(amiConfig(5038, { HTTP_PORT: port })), {
    verdict: 'note',
    seen: /^no exporter answers/,
  });
});

// In Grafana's place: reads what Grafana would read, where Grafana would, as Grafana's user, and asks Graphite over Grafana's way to it.
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

// What ends otherwise, as an example does, is none of its business.
const files = (folder) =>
  readdirSync(folder)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
const found = {
  user: process.getuid(),
  password: readFileSync(process.env.GF_SECURITY_ADMIN_PASSWORD__FILE, 'utf8').trim(),
  provisioning: ['datasources', 'dashboards', 'alerting'].map(
    (kind) => files(`/etc/grafana/provisioning/${kind}`).length,
  ),
  dashboards: files('/etc/grafana/dashboards').map((text) => JSON.parse(text).uid),
};
appendFileSync('/var/lib/grafana/starts', '.');

createServer(async ({ url }, response) => {
  if (url === '/api/health') response.end('{"database":"ok"}');
  else if (url.startsWith('/graphite/')) {
    const answer = await fetch(`${process.env.GRAPHITE_URL}${url.replace('/graphite', '')}`).catch(() => null);
    response.writeHead(answer?.status ?? 502).end(await answer?.text());
  } else response.end(JSON.stringify(found));
}).listen(3000);
process.on('SIGTERM', () => process.exit(0));

import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { settings } from '../src/config/schema.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const isThere = (path: string) => existsSync(new URL(`../${path}`, import.meta.url));

interface Service {
  readonly image: string;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly logging?: { readonly options: { readonly 'max-size': string; readonly 'max-file': string } };
  readonly healthcheck?: object;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}

const text = read('docker-compose.yml');
const services: Record<string, Service> = parse(text, { merge: true }).services;

/** `NAME` and what stands for it where it is unset; undefined where it has to be set. */
const used = new Map(
  [...text.matchAll(/\$\{(\w+)(?::-([^}]*)|:\?[^}]*)\}/g)].map(([, name, value]) => [name ?? '', value]),
);
/** The variables of a file, whether in force or not. */
const listed = (path: string) =>
  new Map([...read(path).matchAll(/^#?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => [name ?? '', value]));

await t.test('.env.example explains what docker-compose.yml uses, with its defaults', async (t) => {
  const explained = listed('.env.example');
  t.strictSame(
    [...used.keys()].filter((name) => !explained.has(name)),
    [],
    'not explained',
  );
  for (const [name, value] of used) {
    // What is empty is left to the program, whose default the example may show.
    if (value !== undefined && value !== '') t.equal(explained.get(name), value, name);
  }
  const ours = new Set([...settings.values()].map(({ env }) => env));
  t.strictSame(
    [...explained.keys()].filter((name) => !used.has(name) && !ours.has(name) && name !== 'COMPOSE_PROFILES'),
    [],
    'of no use',
  );
});

await t.test('the demo and the file of the systemd services set nothing that does not exist', async (t) => {
  const ours = new Set([...settings.values()].map(({ env }) => env));
  for (const path of ['docker/demo/demo.env', 'deploy/asterisk-auth-stats.default']) {
    const names = [...listed(path).keys()].filter((name) => !ours.has(name) && !used.has(name));
    t.strictSame(names, path.startsWith('docker/') ? ['COMPOSE_PROFILES'] : [], path);
  }
});

for (const [name, service] of Object.entries(services)) {
  await t.test(`${name} has a limit on everything, and no right that it does not need`, async (t) => {
    const { restart, security_opt, mem_limit, pids_limit, logging, healthcheck, ports = [] } = service;
    t.match(
      { restart, security_opt, pids_limit, healthcheck },
      {
        restart: 'unless-stopped',
        security_opt: ['no-new-privileges:true'],
        pids_limit: Number,
        healthcheck: { test: Array, timeout: String },
      },
    );
    t.match(mem_limit, /\d+[mg]\}?$/);
    t.match(logging, { options: { 'max-size': /^\d+m$/, 'max-file': /^\d$/ } });
    for (const port of ports) t.match(port, /^(\$\{HOST_ADDRESS:-)?127\.0\.0\.1/);
    // The image of Graphite needs root, and writes where it pleases.
    if (name !== 'graphite') t.match(service, { read_only: true, cap_drop: ['ALL'] });
    if (!service.image.startsWith('${')) t.match(service.image, /:\d+\.\d+\.\d+/, 'a version');
  });
}

await t.test(
  'the images are of the version of the package, and the package brings what install.md installs',
  async (t) => {
    const { version, files } = JSON.parse(read('package.json')) as { version: string; files: string[] };
    t.match(read('docker/Dockerfile'), `\nARG VERSION=${version}\n`);
    t.match(read('docs/install.md'), `asterisk-auth-stats-${version}.tgz`);
    t.ok(files.includes('deploy'));
    for (const [, name] of read('docs/install.md').matchAll(/^install -m 644 (?:\S*\/)?([\w.-]+\.\w+) /gm)) {
      t.ok(isThere(`deploy/${name}`) || isThere(`deploy/systemd/${name}`), name ?? '');
    }
  },
);

await t.test('everything that is mounted is there', async (t) => {
  const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes);
  const files = mounts.flatMap((mount) => (mount.startsWith('./') ? [mount.split(':', 1)[0] ?? ''] : []));
  t.ok(files.length > 0);
  for (const file of [...files, 'docker/demo/secrets/ami', 'docker/demo/secrets/grafana_admin']) {
    t.ok(isThere(file), file);
  }
});

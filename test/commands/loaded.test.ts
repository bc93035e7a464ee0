import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const SRC = new URL('../../src/', import.meta.url);
const PROGRAM = fileURLToPath(new URL('cli.js', SRC));

/** Tells each module that is loaded, and each package that is required, on the error output. */
const HOOK = `
import Module, { register } from 'node:module';
import { writeSync } from 'node:fs';
register('data:text/javascript,' + encodeURIComponent(\`
  import { writeSync } from 'node:fs';
  export function load(url, context, next) {
    writeSync(2, 'LOADED ' + url + '\\\\n');
    return next(url, context);
  }
\`));
const { _load } = Module;
Module._load = function (request, ...rest) {
  writeSync(2, 'LOADED ' + Module._resolveFilename(request, ...rest) + '\\n');
  return _load.call(this, request, ...rest);
};
`;

interface Loaded {
  readonly code: number;
  /** Paths below src/. */
  readonly ours: readonly string[];
  /** Everything else, as it was asked for. */
  readonly others: readonly string[];
}

/** What a command loads in a process of its own until it ends. */
function loadedBy(args: readonly string[], env: Record<string, string> = {}): Promise<Loaded> {
  const hook = `data:text/javascript,${encodeURIComponent(HOOK)}`;
  return new Promise((resolve) => {
    execFile(process.execPath, [`--import=${hook}`, PROGRAM, ...args], { env }, (error, _, stderr) => {
      const urls = [...stderr.matchAll(/^LOADED (.*)$/gm)].map(([, url = '']) => url);
      const ours = urls.filter((url) => url.startsWith(SRC.href)).map((url) => url.slice(SRC.href.length));
      const others = urls.filter((url) => !url.startsWith(SRC.href));
      resolve({ code: error === null ? 0 : Number(error.code), ours, others });
    });
  });
}

/** The folders of src/ that modules are of. */
function rooms(modules: readonly string[]): string[] {
  return [...new Set(modules.map((path) => path.split('/', 1)[0] ?? path))].sort();
}

/** The packages that modules are of. */
function packages(modules: readonly string[]): string[] {
  const names = modules.flatMap((name) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** What must never be in the process that has the firewall. */
const PARSERS = ['sources', 'detection', 'simulator', 'replay', 'exporter', 'demo', 'detector.ts'];

// Each comes to its end by itself, but with all of its modules loaded.
const CASES: readonly { args: readonly string[]; env?: Record<string, string>; code: number }[] = [
  { args: ['blocker'], env: { FIREWALL: 'pf' }, code: 78 },
  { args: ['bans', 'list'], env: { CONTROL_SOCKET: '/nowhere/at/all' }, code: 69 },
];
for (const { args, env, code } of CASES) {
  await t.test(`${args.join(' ')} loads nothing that reads what attackers write`, async (t) => {
    const loaded = await loadedBy(args, env);
    t.equal(loaded.code, code);
    t.ok(loaded.ours.includes(`commands/${args[0]}.js`));
    t.strictSame(
      rooms(loaded.ours).filter((room) => PARSERS.includes(room)),
      [],
    );
    t.notOk(loaded.others.some((name) => name.includes('asterisk-ami-client')));
  });
}

await t.test('bans loads what checks its settings, and no other package', async (t) => {
  const { ours, others } = await loadedBy(['bans', 'list'], { CONTROL_SOCKET: '/nowhere/at/all' });
  t.strictSame(rooms(ours), ['cli.js', 'commands', 'config', 'domain', 'operator', 'text', 'wire']);
  t.strictSame(packages(others), ['convict', 'lodash.clonedeep', 'yargs-parser'], 'convict, and what that needs');
  t.notOk(others.some((name) => /yaml|pino|asterisk-ami-client/.test(name)));
  t.ok(ours.includes('config/schema.js'));
  // Whether anybody listens at the default path is no matter here.
  const bare = await loadedBy(['bans', 'list']);
  t.strictSame(packages(bare.others), [], 'without a setting there is none to check');
  t.ok(bare.ours.includes('operator/client.js'));
});

await t.test('trust loads what bans does, and nothing of the exporter', async (t) => {
  const { code, ours, others } = await loadedBy(['trust', '--list'], { STATE_DIR: '/nowhere/at/all' });
  t.equal(code, 78);
  t.strictSame(rooms(ours), ['cli.js', 'commands', 'config', 'domain', 'operator', 'text', 'wire']);
  t.notOk(others.some((name) => /classic-level|pino/.test(name)));
});

await t.test('version loads a handful of modules, and help the list of settings', async (t) => {
  const version = await loadedBy(['version']);
  t.strictSame([...version.ours].sort(), [
    'cli.js',
    'commands/command.js',
    'commands/main.js',
    'commands/package-version.js',
    'commands/version.js',
  ]);
  const help = await loadedBy(['help']);
  t.strictSame(rooms(help.ours), ['cli.js', 'commands', 'config', 'doctor', 'domain', 'operator', 'replay']);
  t.ok(help.ours.length < 30, `${help.ours.length} modules`);
  for (const { code, others } of [version, help]) {
    t.equal(code, 0);
    t.notOk(others.some((name) => name.includes('node_modules')));
  }
});

await t.test('run loads what reads Asterisk, so the hook sees it', async (t) => {
  const { code, ours, others } = await loadedBy(['run'], { AMI_PORT: 'wrong' });
  t.equal(code, 78);
  t.ok(ours.includes('exporter/exporter.js'));
  t.ok(rooms(ours).includes('sources'));
  t.ok(others.some((name) => name.includes('asterisk-ami-client')));
  t.strictSame(
    rooms(ours).filter((room) => ['blocker', 'blocking', 'demo', 'simulator', 'operator', 'replay'].includes(room)),
    [],
  );
});

await t.test('doctor loads no firewall and no detection', async (t) => {
  const { code, ours } = await loadedBy(['doctor'], { AMI_PORT: 'wrong' });
  t.equal(code, 78);
  t.ok(ours.includes('doctor/doctor.js'));
  t.strictSame(
    rooms(ours).filter((room) => ['blocker', 'blocking', 'detection', 'exporter', 'state'].includes(room)),
    [],
  );
});

import t from 'tap';
import { attempt } from '../../src/config/formats.js';
import { settings } from '../../src/config/schema.js';

await t.test('the path of each setting spells its variable', async (t) => {
  for (const [path, { env }] of settings) {
    t.equal(path.replace(/(?=[A-Z])|\./g, '_').toUpperCase(), env);
  }
});

await t.test('each default is what its own format makes of its text', async (t) => {
  for (const { env, format, default: text } of settings.values()) {
    const isNone = text === null || String(text) === '';
    if (!isNone) t.same(attempt(format, String(text)), text, env);
  }
});

await t.test('each setting says in a short line what it means', async (t) => {
  for (const { env, doc } of settings.values()) {
    t.match(doc, /^[A-Za-z].*[^.]$/, env);
    t.ok(doc.length <= 85, `${env}: ${doc.length} characters`);
  }
});

await t.test('secrets are sensitive settings, and nothing else is', async (t) => {
  t.same(
    [...settings.values()].filter(({ sensitive }) => sensitive).map(({ env }) => env),
    ['AMI_SECRET', 'ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_SECRET'],
  );
});

await t.test('a number of something is called by its unit', async (t) => {
  const units = { MS: 'milliseconds', SECONDS: 'seconds', HOURS: 'hours', DAYS: 'days', BYTES: 'bytes' };
  const unitOf = new Map<string, string>(Object.entries(units));
  for (const { env, unit } of settings.values()) {
    const words = env.replace(/_MAX$/, '').split('_');
    t.equal(unit, unitOf.get(words.at(-1) ?? ''), env);
  }
});

await t.test('each setting has a reader, and a file of a secret the readers of the secret', async (t) => {
  const byName = new Map([...settings.values()].map((setting) => [setting.env, setting]));
  for (const { env, readBy, fileOf } of settings.values()) {
    t.ok(readBy.length > 0, env);
    if (fileOf === undefined) continue;
    t.match(byName.get(fileOf), { sensitive: true, readBy }, env);
    t.equal(env, `${fileOf}_FILE`);
  }
});

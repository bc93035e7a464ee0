import convict from 'convict';
import t from 'tap';
import { attempt, FormatFault } from '../../src/config/formats.js';
import { schema, settings } from '../../src/config/schema.js';

await t.test('the path of each setting spells its variable', async (t) => {
  for (const [path, { env }] of settings) {
    t.equal(path.replace(/(?=[A-Z])|\./g, '_').toUpperCase(), env);
  }
});

await t.test('each default is a text that its own format takes', async (t) => {
  for (const { env, format, default: text } of settings.values()) {
    if (text !== null) t.notOk(attempt(format, text) instanceof FormatFault, env);
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

await t.test('convict takes the schema and holds its texts unchanged', async (t) => {
  const texts = convict<Record<string, unknown>>(schema, { env: { AMI_PORT: '5038abc' }, args: [] });
  t.equal(texts.get('ami.port'), '5038abc');
  t.equal(texts.get('ami.loginSeconds'), '10');
  t.equal(texts.get('ami.host'), null);
});

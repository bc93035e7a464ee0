import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { signatureHeaders } from '../../src/alerts/signature.js';
import { AT, codeBlock } from './fixtures.js';

const documentation = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');
const BODY = '{"title":"ü"}';

await t.test('the signature is the HMAC-SHA256 of the time, a dot and the body', async (t) => {
  // printf '1772337600.{"title":"ü"}' | openssl dgst -sha256 -hmac hunter2
  t.same(signatureHeaders('hunter2', BODY, AT + 999), {
    'x-signature-timestamp': '1772337600',
    'x-signature-256': 'sha256=ad7b1a58defd621dc71cd2267322488f7644f906245288715d0d087560f2e3ad',
  });
});

/** What a receiver may get: [what, secret, headers, body, whether it is ours]. */
function deliveries(): [string, string, Record<string, string>, string, boolean][] {
  const ours = signatureHeaders('hunter2', BODY, Date.now());
  const old = signatureHeaders('hunter2', BODY, Date.now() - 301_000);
  const forged = { ...old, 'x-signature-timestamp': ours['x-signature-timestamp'] ?? '' };
  return [
    ['ours', 'hunter2', ours, BODY, true],
    ['of another body', 'hunter2', ours, `${BODY} `, false],
    ['of another secret', 'hunter3', ours, BODY, false],
    ['a recording', 'hunter2', old, BODY, false],
    ['a recording with a new time', 'hunter2', forged, BODY, false],
    ['without a signature', 'hunter2', { 'x-signature-timestamp': forged['x-signature-timestamp'] }, BODY, false],
    ['without a time', 'hunter2', { 'x-signature-256': ours['x-signature-256'] ?? '' }, BODY, false],
    ['without any', 'hunter2', {}, BODY, false],
  ];
}

await t.test('the example for Node takes what is ours and refuses all else', async (t) => {
  const source = codeBlock(documentation, 'js');
  const { isOurs } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  for (const [what, secret, headers, body, isTrue] of deliveries()) {
    t.equal(isOurs(secret, headers, Buffer.from(body)), isTrue, what);
  }
});

const hasPython = spawnSync('python3', ['--version']).status === 0;
await t.test('so does the example for Python', { skip: hasPython ? false : 'no python3 here' }, async (t) => {
  const cases = deliveries();
  const program = `${codeBlock(documentation, 'python')}
import json, sys
print(json.dumps([is_ours(secret.encode(), headers, body.encode()) for _, secret, headers, body, _ in json.load(sys.stdin)]))`;
  const { stdout } = spawnSync('python3', ['-c', program], { input: JSON.stringify(cases), encoding: 'utf8' });
  t.same(
    JSON.parse(stdout),
    cases.map(([, , , , isTrue]) => isTrue),
  );
});

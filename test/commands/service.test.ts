import { spawnSync } from 'node:child_process';
import t from 'tap';

const SERVICE = new URL('../../src/commands/service.js', import.meta.url);

void t.test('the fault that ends a service is its last line, also where the lines before wait for a thread', (t) => {
  const program = `
    import { pbkdf2 } from 'node:crypto';
    import { logOf, serve } from '${SERVICE}';
    const log = logOf({ logLevel: 'info' });
    pbkdf2('', '', 300_000, 64, 'sha512', () => undefined);
    log.info('starting');
    log.info('still starting');
    const service = { config: { stopSeconds: 1 }, log, stopping: 'stopping' };
    process.exitCode = await serve(service, () => Promise.reject(new Error('it cannot start')));
  `;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
    encoding: 'utf8',
  });
  t.equal(status, 1);
  const messages = stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line).msg);
  t.strictSame(messages, ['starting', 'still starting', 'it cannot start']);
  t.end();
});

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import { ControlServer } from '../../../src/blocker/control-server.js';
import { blockerResult } from '../../../src/doctor/checks/blocker.js';
import { FakeOperator } from '../../wire/operator-fixtures.js';
import { socketPath } from '../../wire/socket-path.js';
import { amiConfig } from '../pbx-fixture.js';

const look = (decisions: string, control: string) =>
  blockerResult(amiConfig(5038, { DECISION_SOCKET: decisions }), control);

async function listen(t: Test, operator?: FakeOperator): Promise<string> {
  const path = socketPath(t);
  const server = createServer((socket) => {
    t.teardown(() => socket.destroy());
    if (operator === undefined) return;
    const control = new ControlServer(operator);
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').slice(0, -1))
        void control.onLine(line, async (said) => {
          socket.write(said.endsWith('\n') ? said : `${said}\n`);
          return true;
        });
    });
  }).listen(path);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return path;
}

await t.test('without a socket nobody is to be banned', async (t) => {
  t.match(await blockerResult(amiConfig(5038), '/none'), { verdict: 'note', seen: 'DECISION_SOCKET is not set' });
});

await t.test('a blocker that bans is good, one that fails or only looks on is not', async (t) => {
  const decisions = await listen(t);
  const operator = new FakeOperator();
  const control = await listen(t, operator);
  t.match(await look(decisions, control), {
    verdict: 'good',
    seen: 'the blocker bans with nftables: 0 of 0 bans are in force',
  });
  operator.fault = 'nft: \u001b[31mno';
  const failing = await look(decisions, control);
  t.match(failing, { verdict: 'mend', seen: /^the blocker's nftables fails: nft: / });
  t.notMatch(failing.seen, /\u001b/);
  const rehearsing = new FakeOperator();
  const status = await rehearsing.status();
  rehearsing.status = async () => ({ ...status, firewall: 'dry-run' });
  t.match(await look(decisions, await listen(t, rehearsing)), { verdict: 'mend', fix: { text: 'FIREWALL=nftables' } });
});

await t.test('one that is not there, or does not answer, is to mend', async (t) => {
  const path = socketPath(t);
  t.match(await look(path, path), {
    verdict: 'mend',
    seen: /cannot be used: ENOENT/,
    fix: { text: /^systemctl enable/ },
  });
  writeFileSync(path, '');
  t.match(await look(path, path), { verdict: 'mend', seen: /cannot be used: ENOTSOCK/ });
  t.match(await look(await listen(t), `${path}-none`), { verdict: 'mend', seen: /^the blocker does not answer: / });
});

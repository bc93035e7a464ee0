import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import type { Address } from '../../src/domain/remote-address.js';
import { openReplayAllowlist } from '../../src/replay/allowlist.js';

const FRIEND = '203.0.113.9' as Address;

await t.test('names are looked up once, before anything is read', async (t) => {
  const asked: string[] = [];
  const resolve = async (name: string) => {
    asked.push(name);
    await setImmediate();
    return [{ address: FRIEND }];
  };
  const complain = () => t.fail('there is nothing to complain of');
  const allowlist = await openReplayAllowlist({ entries: ['pbx', '198.51.100.0/24'], resolve, complain });
  t.ok(allowlist.has(FRIEND));
  t.ok(allowlist.has('198.51.100.7' as Address));
  t.strictSame(asked, ['pbx']);
});

await t.test('a name that nobody knows is told', async (t) => {
  const complaints: string[] = [];
  const resolve = async () => [];
  await openReplayAllowlist({ entries: ['pbx'], resolve, complain: (text) => complaints.push(text) });
  t.match(complaints, [/^a name on the allowlist cannot be resolved.*"pbx"/]);
});

await t.test('a resolver that does not answer is not waited for', async (t) => {
  const resolve = () => new Promise<never>(() => undefined);
  const allowlist = await openReplayAllowlist({ entries: ['pbx'], resolve, resolveMs: 20, complain: () => undefined });
  t.notOk(allowlist.has(FRIEND));
});

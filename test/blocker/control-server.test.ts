import t from 'tap';
import { ControlServer } from '../../src/blocker/control-server.js';
import { type Answer, decodeAnswer } from '../../src/wire/operator-answer-codec.js';
import { encodeRequest, type RequestBody } from '../../src/wire/request-codec.js';
import { FakeOperator, NOW, target } from '../wire/operator-fixtures.js';

/** A server and all that it writes; `isThere` says whether anybody reads. */
function setUp(isThere: () => boolean = () => true) {
  const operator = new FakeOperator();
  const server = new ControlServer(operator);
  const written: string[] = [];
  const reply = async (text: string) => {
    written.push(text);
    return isThere();
  };
  const answers = () => written.flatMap((text) => text.split('\n')).map(decodeAnswer);
  const ask = async (body: RequestBody): Promise<(Answer | null)[]> => {
    written.length = 0;
    await server.onLine(encodeRequest({ ...body, id: 7 }), reply);
    return answers();
  };
  return { operator, server, written, answers, reply, ask };
}

const ADDRESS = target('203.0.113.9');
const ADD = { type: 'add', target: ADDRESS, seconds: 60, reason: 'noisy' } as const;

await t.test('each request is done and answered with its id', async (t) => {
  const { ask, operator } = setUp();
  const address = '203.0.113.9/32';
  t.match(await ask({ type: 'test', target: ADDRESS }), [{ id: 7, type: 'tested', address, refusal: null, ban: null }]);
  t.match(await ask(ADD), [{ id: 7, type: 'added', address, result: 'banned', reason: null }]);
  t.match(await ask(ADD), [{ result: 'already_banned' }]);
  t.match(await ask({ type: 'list' }), [
    { id: 7, type: 'ban', ban: { address, since: NOW, until: NOW + 60_000, reason: 'noisy', origin: 'manual' } },
    { id: 7, type: 'end', count: 1 },
  ]);
  t.match(await ask({ type: 'test', target: ADDRESS }), [{ refusal: null, ban: { address } }]);
  t.match(await ask({ type: 'remove', target: ADDRESS }), [
    { id: 7, type: 'removed', address, isRemoved: true, isSaved: true },
  ]);
  t.match(await ask({ type: 'remove', target: ADDRESS }), [{ isRemoved: false }]);
  t.match(await ask({ ...ADD, target: target('192.0.2.1') }), [{ result: 'refused', reason: 'allowlisted' }]);
  t.match(await ask({ type: 'flush' }), [{ id: 7, type: 'flushed', count: 0, isSaved: true }]);
  t.match(await ask({ type: 'status' }), [
    { id: 7, type: 'status', firewall: 'nftables', desired: 0, bansMax: 100_000 },
  ]);
  t.strictSame(await ask({ type: 'list' }), [{ id: 7, type: 'end', count: 0 }]);
  t.equal(operator.asked[0], `add ${address} 60 noisy`);
});

await t.test('a socket is asked for with its port, and answered with it', async (t) => {
  const { ask, operator } = setUp();
  const socket = target('203.0.113.9:5062');
  const fields = { address: '203.0.113.9/32', port: 5062 };
  t.match(await ask({ ...ADD, target: socket }), [{ type: 'added', ...fields, result: 'banned' }]);
  t.match(await ask({ type: 'list' }), [{ ban: fields }, { count: 1 }]);
  t.match(await ask({ type: 'test', target: ADDRESS }), [{ port: null, ban: null, sockets: 1 }]);
  t.match(await ask({ type: 'test', target: socket }), [{ ...fields, ban: fields, sockets: 0 }]);
  operator.isSaving = false;
  t.match(await ask({ type: 'remove', target: ADDRESS }), [
    { type: 'removed', port: null, isRemoved: false, sockets: 1, ports: [5062], isSaved: false },
  ]);
});

await t.test('a long list is written in parts, and no more than the reader takes', async (t) => {
  let parts = 0;
  const isThere = () => {
    parts += 1;
    return parts < 3;
  };
  for (const [check, count] of [
    [() => true, 200],
    [isThere, 192],
  ] as const) {
    const { ask, operator, written } = setUp(check);
    for (let host = 0; host < 200; host += 1) {
      await operator.add({ target: target(`203.0.113.${host}`), seconds: 60, reason: 'x' });
    }
    const answers = await ask({ type: 'list' });
    t.equal(answers.filter((answer) => answer?.type === 'ban').length, count);
    t.equal(answers.at(-1)?.type, count === 200 ? 'end' : 'ban');
    t.ok(written.length <= 5);
  }
});

await t.test('what is no request is counted by its fault and told what it should be', async (t) => {
  const { server, reply, answers, operator } = setUp();
  await server.onLine('list', reply);
  await server.onLine('{"v":2,"id":3,"type":"add"}', reply);
  await server.onLine('{"v":2,"id":4,"type":"kick"}', reply);
  await server.onLine('{"v":1,"id":5,"type":"list"}', reply);
  server.onOversize(reply);
  t.match(answers(), [
    { id: null, type: 'fault', fault: 'not_json', message: /one line/ },
    { id: 3, fault: 'keys' },
    { id: 4, fault: 'type', message: /list, add, remove/ },
    { id: null, fault: 'version', message: /version 2/ },
    { id: null, fault: 'too_long' },
  ]);
  t.strictSame([...server.faults], [...['not_json', 'keys', 'type', 'version', 'too_long'].map((fault) => [fault, 1])]);
  t.strictSame(operator.asked, []);
});

await t.test('what the blocker could not do is answered, too', async (t) => {
  const { ask, operator } = setUp();
  operator.list = () => Promise.reject(new Error('nft: not permitted'));
  operator.flush = () => Promise.reject(new Error('nft: not permitted'));
  for (const type of ['list', 'flush'] as const) {
    t.match(await ask({ type }), [{ id: 7, type: 'fault', fault: 'failed', message: 'Error: nft: not permitted' }]);
  }
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import t from 'tap';
import { parseEndpoint } from '../../src/domain/remote-address.js';
import { EndpointCache } from '../../src/sources/endpoint-cache.js';

function read(cache: EndpointCache, text: string, from = 0, to = text.length) {
  const bytes = Uint8Array.from(Buffer.from(text, 'latin1'));
  return cache.read(new DataView(bytes.buffer), text, from, to);
}

await t.test('an endpoint is what it was read as, and the same object when it comes back', async (t) => {
  const cache = new EndpointCache();
  const first = read(cache, 'IPV4/UDP/192.0.2.1');
  t.strictSame(first, parseEndpoint('IPV4/UDP/192.0.2.1'));
  t.equal(read(cache, 'RemoteAddress: IPV4/UDP/192.0.2.1/5060', 15, 33), first, 'wherever it stands');
});

await t.test('a text that is no endpoint is refused each time', async (t) => {
  const cache = new EndpointCache();
  for (const text of ['', 'IPV4/UDP/010.0.0.1', '__proto__', '']) t.equal(read(cache, text), null);
});

await t.test('an address is an endpoint with a port of sixteen bits behind it', async (t) => {
  const cache = new EndpointCache();
  const readAddress = (text: string) =>
    cache.readAddress(new DataView(Uint8Array.from(Buffer.from(text)).buffer), text, 0, text.length);
  const endpoint = parseEndpoint('IPV4/UDP/192.0.2.1');
  for (const port of [0, 5060, 65_535]) {
    t.strictSame(readAddress(`IPV4/UDP/192.0.2.1/${port}`), { ...endpoint, port });
  }
  for (const text of [
    '',
    '/',
    'IPV4',
    'IPV4/UDP/192.0.2.1',
    'IPV4/UDP/192.0.2.1/',
    'IPV4/UDP/192.0.2.1/65536',
    'x/1',
  ]) {
    t.equal(readAddress(text), null, text);
  }
});

await t.test('two texts in one slot take turns and are never taken for each other', async (t) => {
  const cache = new EndpointCache();
  const texts = ['IPV4/UDP/192.0.2.77', 'IPV4/TCP/192.0.2.77'] as const;
  const first = read(cache, texts[0]);
  t.strictSame(read(cache, texts[1]), parseEndpoint(texts[1]));
  t.strictSame(read(cache, texts[0]), first);
  t.not(read(cache, texts[0]), read(cache, texts[1]));
});

await t.test('what is read does not depend on what was read before', async (t) => {
  const cache = new EndpointCache();
  const part = fc.integer({ min: 0, max: 255 });
  const endpoint = fc
    .tuple(fc.constantFrom('UDP', 'TCP', 'TLS'), part, part, part)
    .map(([transport, a, b, c]) => `IPV4/${transport}/10.${a}.${b}.${c}`);
  const check = fc.check(
    fc.property(endpoint, (text) => {
      t.strictSame(read(cache, text), parseEndpoint(text));
    }),
    { numRuns: 300 },
  );
  t.notOk(check.failed);
});

await t.test('hundreds of thousands of endpoints take no more memory than a few thousand', async (t) => {
  const cache = new EndpointCache();
  const fill = (low: number, high: number) => {
    for (let n = low; n < high; n++) read(cache, `IPV4/UDP/10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  };
  fill(0, 100_000);
  const before = process.memoryUsage().heapUsed;
  fill(100_000, 300_000);
  const grownMb = (process.memoryUsage().heapUsed - before) / 1e6;
  // 200,000 remembered endpoints would be some 60 MB; garbage that was not collected yet makes up the allowance.
  t.ok(grownMb < 40, `${grownMb.toFixed(1)} MB`);
});

await t.test('what is remembered does not keep the text alive that it was read from', async (t) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const cache = new EndpointCache();
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 400; n++) {
    const endpoint = `IPV4/UDP/198.51.${n >> 8}.${n & 255}`;
    read(cache, endpoint.padEnd(100_000, '.'), 0, endpoint.length);
  }
  collectGarbage();
  const grownMb = (process.memoryUsage().heapUsed - before) / 1e6;
  t.ok(grownMb < 10, `${grownMb.toFixed(1)} MB instead of 40`);
});

import t from 'tap';
import { peersOf } from '../../src/config/peers.js';

await t.test('whoever we talk with ourselves is a peer', async (t) => {
  t.same(peersOf({ ami: { host: 'pbx' }, statsd: { host: 'graphite' } }), ['pbx', 'graphite']);
  t.same(peersOf({ ami: { host: null }, statsd: { host: '127.0.0.1' } }), ['127.0.0.1']);
});

import t from 'tap';
import { loadTrustConfig } from '../../src/config/trust-config.js';

const file = (text: string) => () => Buffer.from(text);

await t.test('an operator needs to know where the exporter looks, and nothing else', async (t) => {
  t.match(loadTrustConfig({}, file('')), { kind: 'config', config: { stateDir: null } });
  t.match(loadTrustConfig({ STATE_DIR: '/var/lib/x', AMI_PORT: 'x' }, file('')), {
    config: { stateDir: '/var/lib/x' },
  });
  t.match(loadTrustConfig({ CONFIG_FILE: '/c' }, file('stateDir: /var/lib/x')), { config: { stateDir: '/var/lib/x' } });
  t.match(loadTrustConfig({ AMI_HOTS: 'x' }, file('')), {
    kind: 'faults',
    faults: [/did you mean AMI_HOST/],
  });
});

import t from 'tap';
import { unknownVariables } from '../../src/config/unknown-variables.js';

await t.test(
  'a variable with a name like ours is a fault that names the likely right one, and not its value',
  async (t) => {
    t.same(unknownVariables({ AMI_PASWORD: 'hunter2', ALERT_WEBHOOK: 'hunter2', STATSD_FOO_BAR: 'hunter2' }), [
      'AMI_PASWORD is not known; did you mean AMI_SECRET?',
      'ALERT_WEBHOOK is not known; did you mean ALERT_WEBHOOK_URL?',
      'STATSD_FOO_BAR is not known: remove it',
    ]);
  },
);

await t.test('a setting of an earlier release is told to be gone, where another name would be suggested', async (t) => {
  const retired = [
    'SCORE_HALF_LIFE_SECONDS',
    'SLOW_THRESHOLD',
    'SLOW_HALF_LIFE_HOURS',
    'BREACH_FAILURES',
    'BREACH_WARNING',
    'BREACH_CRITICAL',
  ];
  t.same(
    unknownVariables(Object.fromEntries(retired.map((name) => [name, '20']))),
    retired.map((name) => `${name} no longer exists: the detector weighs evidence instead; remove it`),
  );
  t.same(unknownVariables({ SLOW_THRESHOLD: '' }), [], 'an empty one is none');
  t.same(unknownVariables({ SLOW_DOWN: '1', BREACH_PORT: '1' }), [], "their first words are other programs' again");
});

await t.test('a name with control characters is shown escaped', async (t) => {
  t.same(unknownVariables({ 'AMI_\x1b[2J': 'x' }), ["'AMI_\\x1B[2J' is not known: remove it"]);
});

await t.test("other programs' variables, our own and empty ones are no faults", async (t) => {
  const environment = {
    PATH: '/bin',
    HTTP_PROXY: 'http://proxy',
    HTTP_HOSTS: 'x',
    LOG_FORMAT: 'x',
    AMI_HOST: 'pbx',
    AMI_FOO: '',
    AMI_BAR: undefined,
  };
  t.same(unknownVariables(environment), []);
});

await t.test('what Kubernetes and Docker links inject is no fault', async (t) => {
  t.same(
    unknownVariables({
      STATSD_SERVICE_HOST: '10.0.0.1',
      STATSD_SERVICE_PORT: '8125',
      STATSD_SERVICE_PORT_STATSD_UDP: '8125',
      STATSD_PORT_8125_UDP: 'udp://10.0.0.1:8125',
      STATSD_PORT_8125_UDP_ADDR: '10.0.0.1',
      STATSD_EXPORTER_PORT: 'tcp://10.0.0.2:9102',
      STATSD_EXPORTER_PORT_9102_TCP_PROTO: 'tcp',
      STATSD_NAME: '/exporter/statsd',
      STATSD_ENV_NODE_VERSION: '20',
    }),
    [],
  );
});

await t.test('a name that links inject, with a value that they do not, is a fault', async (t) => {
  t.equal(unknownVariables({ AMI_NAME: 'office', STATSD_UDP_PORT: '8125' }).length, 2);
});

// Each mistake is made on purpose on a real Asterisk; the doctor names it, and what it says to paste makes it go away.
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import t from 'tap';
import { AMI_SECRET, CA_FILE, startAsterisk } from './lab/asterisk.js';
import { CLOCK_AHEAD, type Patient, patientOf } from './lab/doctor.js';
import { labPort } from './lab/place.js';
import { startStatsd } from './lab/statsd.js';

const user = (name: string, ...lines: readonly string[]) =>
  `\n[${name}]\nsecret = ${AMI_SECRET}\n${lines.join('\n')}\n`;
const HEARING = 'read = security,system';

const MANAGER = [
  user('good', HEARING, 'write = config,reporting'),
  user('older-program', HEARING, 'write =', 'eventfilter = Event: SuccessfulAuth', 'eventfilter = Event: Shutdown'),
  user(
    'seen-filter',
    HEARING,
    'write = config',
    'eventfilter = Event: SuccessfulAuth',
    'eventfilter = Event: FullyBooted',
  ),
  user('evadable', HEARING, 'write = config', 'eventfilter = !Event: RTCP'),
  user('no-class', 'read = call', 'write = config'),
  user('far-away', HEARING, 'deny = 0.0.0.0/0.0.0.0', 'permit = 10.255.255.1/255.255.255.255'),
].join('');

/** What is wrong on the PBX: which check says so, and with which settings. */
const MISTAKES: readonly [
  mistake: string,
  check: string,
  settings: Readonly<Record<string, string | number>>,
  seen: RegExp,
][] = [
  [
    'an eventfilter of which only a probe tells',
    'event-types',
    { AMI_USERNAME: 'older-program', AMI_PROBE: 'true' },
    /InvalidAccountID/,
  ],
  [
    'an eventfilter that manager.conf shows',
    'event-types',
    { AMI_USERNAME: 'seen-filter' },
    /FailedACL, InvalidAccountID/,
  ],
  ['an eventfilter that a client evades', 'event-types', { AMI_USERNAME: 'evadable' }, /hide its own events/],
  ['a user without the class security', 'security-events', { AMI_USERNAME: 'no-class' }, /read = call/],
  ['the same where nobody may look', 'security-events', { AMI_USERNAME: 'without-security' }, /class security/],
  ['all of it filtered where nobody may look', 'security-events', { AMI_USERNAME: 'filtered' }, /eventfilter/],
  ['an address that is not permitted', 'ami-login', { AMI_USERNAME: 'far-away' }, /does not permit/],
  ['AMI over HTTP', 'webenabled', { AMI_USERNAME: 'good' }, /webenabled/],
  ['phones found by their login', 'endpoint-identifiers', { AMI_USERNAME: 'good' }, /auth_username/],
  ['an endpoint for strangers', 'anonymous-endpoint', { AMI_USERNAME: 'good' }, /anonymous/],
];

const statsd = await startStatsd();
// The two versions side by side, since most of the time is waiting.
t.jobs = 2;
t.teardown(statsd.stop);

for (const version of [16, 22] as const) {
  void t.test(`Asterisk ${version}`, { buffered: true }, async (t) => {
    await t.test('each mistake is named, and gone once its fix was pasted', async (t) => {
      const asterisk = await startAsterisk(version, {
        managerGeneral: 'webenabled = yes',
        pjsip: () =>
          '[global]\ntype=global\nendpoint_identifier_order=ip,username,anonymous,auth_username\n[anonymous]\ntype=endpoint\ncontext=default\n',
        additions: { 'manager.conf': MANAGER, 'sip.conf': '\n[general](+)\nalwaysauthreject = no\n' },
      });
      t.teardown(asterisk.stop);
      const stateDir = `${tmpdir()}/e2e-doctor-state-${process.pid}-${version}`;
      rmSync(stateDir, { recursive: true, force: true });
      t.teardown(() => rmSync(stateDir, { recursive: true, force: true }));
      const base = { STATSD_HOST: '127.0.0.1', STATSD_PORT: statsd.port, STATE_DIR: stateDir };
      const texts: string[] = [];
      type Mistake = (typeof MISTAKES)[number];
      /** All are looked at at once, mended one after another, and looked at once more. */
      const check = async (mistakes: readonly Mistake[]) => {
        const patients = new Map<string, { patient: Patient; mistakes: Mistake[] }>();
        for (const mistake of mistakes) {
          const key = JSON.stringify(mistake[2]);
          const { mistakes: others = [] } = patients.get(key) ?? {};
          patients.set(key, { patient: patientOf(asterisk, base), mistakes: [...others, mistake] });
        }
        const all = [...patients].map(([key, patient]) => ({ settings: JSON.parse(key), ...patient }));
        const before = await Promise.all(all.map(({ patient, settings }) => patient.examine(settings)));
        for (const [index, { patient, mistakes: expected }] of all.entries()) {
          t.equal(before[index]?.code, 1);
          texts.push(before[index]?.text ?? '');
          for (const [mistake, name, , seen] of expected) {
            t.match(before[index]?.find(name), { verdict: 'mend', seen }, mistake);
            await patient.apply(before[index]?.find(name));
          }
        }
        const after = await Promise.all(all.map(({ patient, settings }) => patient.examine(settings)));
        for (const [index, { mistakes: expected }] of all.entries()) {
          for (const [mistake, name] of expected) {
            const result = after[index]?.find(name);
            t.equal(result?.verdict, 'good', `${mistake}, then: ${result?.seen}`);
          }
        }
      };
      const onChanSip: readonly Mistake[] = [
        ['chan_sip that tells', 'alwaysauthreject', { AMI_USERNAME: 'good' }, /alwaysauthreject = no/],
      ];
      await check([
        ...MISTAKES,
        ...(version === 16 ? onChanSip : []),
        ['TLS to a port in the clear', 'ami-login', { AMI_TLS: 'true' }, /in the clear/],
        ['no state directory', 'state-dir', {}, /ENOENT/],
        [
          'a terminal that could be banned',
          'allowlist',
          { SSH_CONNECTION: '198.51.100.7 50000 192.0.2.1 22', DECISION_SOCKET: '/nowhere/at/all' },
          /198\.51\.100\.7/,
        ],
      ]);
      // Behind the printed lines the certificate is asked for, whose authority is a file that only the PBX's owner has.
      const patient = patientOf(asterisk, base);
      const tls = await patient.examine({ AMI_PORT: asterisk.ports.amiTls });
      t.match(tls.find('ami-login'), { verdict: 'mend', seen: /speaks TLS/ });
      await patient.apply(tls.find('ami-login'));
      const [stranger, trusted] = await Promise.all([patient.examine(), patient.examine({ AMI_TLS_CA_FILE: CA_FILE })]);
      t.match(stranger.find('ami-login'), { verdict: 'mend', fix: { text: /AMI_TLS_CA_FILE=/ } });
      t.equal(trusted.find('ami-login')?.verdict, 'good');

      // Nobody can print the right value of these; they go away with what is asked for.
      const elsewhere: readonly Mistake[] = [
        ['a wrong secret', 'ami-login', { AMI_SECRET: 'guess' }, /secret of "exporter"/],
        ['a wrong user', 'ami-login', { AMI_USERNAME: 'nobody' }, /no AMI user "nobody"/],
        ['nobody at StatsD', 'statsd', { STATSD_PORT: labPort(299) }, /nothing listens/],
        ['a clock that is off', 'clock', { NODE_OPTIONS: CLOCK_AHEAD }, /behind ours/],
      ];
      const well = patientOf(asterisk, base);
      const healthy = await well.examine();
      for (const [mistake, name, settings, seen] of elsewhere) {
        t.match((await well.examine(settings)).find(name), { verdict: 'mend', seen }, mistake);
        t.equal(healthy.find(name)?.verdict, 'good', `${mistake}: not otherwise`);
      }

      const all = texts.join('\n');
      t.notMatch(all, AMI_SECRET, 'no secret is told');
    });

    await t.test('where all is good there is nothing to mend', async (t) => {
      const asterisk = await startAsterisk(version, {
        additions: { 'manager.conf': user('good', HEARING, 'write = config,reporting') },
      });
      t.teardown(asterisk.stop);
      const exporter = createServer((_, response) => response.end('ok\n')).listen(labPort(270 + version), '127.0.0.1');
      t.teardown(() => exporter.close());
      const base = {
        STATSD_HOST: '127.0.0.1',
        STATSD_PORT: statsd.port,
        STATE_DIR: tmpdir(),
        HTTP_PORT: labPort(270 + version),
      };
      for (const settings of [{ AMI_USERNAME: 'good' }, { AMI_USERNAME: 'exporter' }]) {
        const { code, results } = await patientOf(asterisk, base).examine({ ...settings, AMI_PROBE: 'true' });
        t.equal(code, 0, JSON.stringify(results.filter(({ verdict }) => verdict === 'mend')));
        t.strictSame(
          results.filter(({ verdict }) => verdict === 'mend'),
          [],
        );
        const unseen = results.filter(({ verdict }) => verdict === 'unseen').map(({ check }) => check);
        if (settings.AMI_USERNAME === 'good') t.strictSame(unseen, []);
        else t.ok(unseen.includes('webenabled'), 'a user who may nothing shows less');
      }
      const security = await asterisk.cli('core show uptime');
      t.ok(security.length > 0, 'Asterisk still runs');
    });
  });
}

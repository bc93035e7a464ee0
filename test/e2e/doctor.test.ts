// Each mistake is made on purpose on a real Asterisk; the doctor names it, and what it says to paste makes it go away.
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import t from 'tap';
import { AMI_SECRET, CA_FILE, startAsterisk } from './lab/asterisk.js';
import { CLOCK_AHEAD, patientOf } from './lab/doctor.js';
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

for (const version of [16, 22] as const) {
  await t.test(`Asterisk ${version}: each mistake is named, and gone once its fix was pasted`, async (t) => {
    const statsd = await startStatsd();
    t.teardown(statsd.stop);
    const asterisk = await startAsterisk(version, {
      managerGeneral: 'webenabled = yes',
      pjsip: () =>
        '[global]\ntype=global\nendpoint_identifier_order=ip,username,anonymous,auth_username\n[anonymous]\ntype=endpoint\ncontext=default\n',
      additions: { 'manager.conf': MANAGER, 'sip.conf': '\n[general](+)\nalwaysauthreject = no\n' },
    });
    t.teardown(asterisk.stop);
    const stateDir = `${tmpdir()}/e2e-doctor-state-${process.pid}`;
    rmSync(stateDir, { recursive: true, force: true });
    t.teardown(() => rmSync(stateDir, { recursive: true, force: true }));
    const base = { STATSD_HOST: '127.0.0.1', STATSD_PORT: statsd.port, STATE_DIR: stateDir };
    const texts: string[] = [];
    const check = async (
      [mistake, name, settings, seen]: (typeof MISTAKES)[number],
      mended: Readonly<Record<string, string | number>> = settings,
    ) => {
      const patient = patientOf(asterisk, base);
      const before = await patient.examine(settings);
      texts.push(before.text);
      t.match(before.find(name), { verdict: 'mend', seen }, mistake);
      t.equal(before.code, 1);
      if (mended === settings) await patient.apply(before.find(name));
      const after = await patient.examine(mended);
      t.equal(
        after.find(name)?.verdict,
        'good',
        `${mistake}: ${after.find(name)?.seen} after ${before.find(name)?.fix?.text}`,
      );
    };
    for (const mistake of MISTAKES) await check(mistake);
    if (version === 16) {
      await check(['chan_sip that tells', 'alwaysauthreject', { AMI_USERNAME: 'good' }, /alwaysauthreject = no/]);
    }

    const here: typeof MISTAKES = [
      ['TLS to a port in the clear', 'ami-login', { AMI_TLS: 'true' }, /in the clear/],
      [
        'no TLS to a port that speaks it',
        'ami-login',
        { AMI_PORT: asterisk.ports.amiTls, AMI_TLS_CA_FILE: '' },
        /speaks TLS/,
      ],
      ['no state directory', 'state-dir', {}, /ENOENT/],
      [
        'a terminal that could be banned',
        'allowlist',
        { SSH_CONNECTION: '198.51.100.7 50000 192.0.2.1 22', DECISION_SOCKET: '/nowhere/at/all' },
        /198\.51\.100\.7/,
      ],
    ];
    const [inTheClear, overTls, ...others] = here;
    if (inTheClear !== undefined) await check(inTheClear);
    for (const other of others) await check(other);
    // Behind the printed lines the certificate is asked for, whose authority is a file that only the PBX's owner has.
    const patient = patientOf(asterisk, base);
    const tls = await patient.examine(overTls?.[2]);
    t.match(tls.find('ami-login'), { verdict: 'mend', seen: /speaks TLS/ });
    await patient.apply(tls.find('ami-login'));
    t.match((await patient.examine()).find('ami-login'), { verdict: 'mend', fix: { text: /AMI_TLS_CA_FILE=/ } });
    t.equal((await patient.examine({ AMI_TLS_CA_FILE: CA_FILE })).find('ami-login')?.verdict, 'good');

    // Nobody can print the right value of these; they go away with what is asked for.
    await check(['a wrong secret', 'ami-login', { AMI_SECRET: 'guess' }, /secret of "exporter"/], { AMI_SECRET });
    await check(['a wrong user', 'ami-login', { AMI_USERNAME: 'nobody' }, /no AMI user "nobody"/], {});
    await check(['nobody at StatsD', 'statsd', { STATSD_PORT: labPort(299) }, /nothing listens/], {});
    await check(['a clock that is off', 'clock', { NODE_OPTIONS: CLOCK_AHEAD }, /behind ours/], {});

    const all = texts.join('\n');
    t.notMatch(all, AMI_SECRET, 'no secret is told');
  });

  await t.test(`Asterisk ${version}: where all is good there is nothing to mend`, async (t) => {
    const statsd = await startStatsd();
    t.teardown(statsd.stop);
    const asterisk = await startAsterisk(version, {
      additions: { 'manager.conf': user('good', HEARING, 'write = config,reporting') },
    });
    t.teardown(asterisk.stop);
    const exporter = createServer((_, response) => response.end('ok\n')).listen(labPort(298), '127.0.0.1');
    t.teardown(() => exporter.close());
    const base = { STATSD_HOST: '127.0.0.1', STATSD_PORT: statsd.port, STATE_DIR: tmpdir(), HTTP_PORT: labPort(298) };
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
}

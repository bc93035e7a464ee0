import t, { type Test } from 'tap';
import { Pbx } from '../../src/doctor/pbx.js';
import { AmiError } from '../../src/sources/ami/ami-error.js';
import { amiConfig, type Made, startPbx, USER } from './pbx-fixture.js';

async function open(t: Test, made: Made = {}): Promise<Pbx> {
  const pbx = await Pbx.open(amiConfig(await startPbx(t, made)));
  t.teardown(() => pbx.close());
  return pbx;
}

await t.test('it hears its own login, and what never comes it does not wait for long', async (t) => {
  const pbx = await open(t);
  t.ok(await pbx.hears('SuccessfulAuth', ({ account }) => account === USER));
  t.ok(await pbx.hearsSystem('FullyBooted'));
  t.notOk(await pbx.hears('SuccessfulAuth', ({ account }) => account === 'somebody else'));
});

await t.test('it asks for nothing that its user may not do', async (t) => {
  const pbx = await open(t, { files: null, settings: null });
  t.notOk(pbx.may('GetConfig'));
  t.equal(await pbx.section('manager.conf', 'general'), null);
  t.equal(await pbx.settings(), null);
});

await t.test('of a file it reads a section in order, and no secret', async (t) => {
  const files = {
    'manager.conf/stats': ['secret=hunter2', 'read=security', 'Permit=10.0.0.0/8', 'x=\u001b[2Ja', 'odd'],
  };
  const pbx = await open(t, { files });
  const section = await pbx.section('manager.conf', 'stats');
  t.match(section, [
    ['read', 'security'],
    ['permit', '10.0.0.0/8'],
    ['x', /\[2Ja$/],
  ]);
  t.notMatch(JSON.stringify(section), /hunter2|\u001b/);
  t.strictSame(await pbx.section('manager.conf', 'nobody'), []);
});

await t.test('its clock is compared with ours, and a time that is none tells nothing', async (t) => {
  const pbx = await open(t, { timestamp: '1700000060.5' });
  t.match(await pbx.clockSkew(() => 1_700_000_000_000), { ms: 60_500, errorMs: 0 });
  t.equal(await (await open(t, { timestamp: 'soon' })).clockSkew(Date.now), null);
});

await t.test('a connection that ends while it is asked is an error of AMI', async (t) => {
  const pbx = await open(t, { dropsAt: 'Ping' });
  await t.rejects(pbx.clockSkew(Date.now), AmiError);
});

await t.test('who cannot log in is told why', async (t) => {
  await t.rejects(Pbx.open(amiConfig(await startPbx(t), { AMI_SECRET: 'wrong' })), { message: /^login refused/ });
});

import { readFileSync } from 'node:fs';
import t from 'tap';
import { type FirewallChange, FirewallError } from '../../../src/blocking/firewall.js';
import { NftablesFirewall, openNftables } from '../../../src/blocking/firewalls/nftables.js';
import { targetOf } from './targets.js';

const TABLE = readFileSync(new URL('../../fixtures/nft/table.json', import.meta.url), 'utf8');
const MISSING = new FirewallError('rejected', 'nft ended with code 1: Error: No such file or directory');
const REJECTED = new FirewallError('rejected', 'nft ended with code 1: Error: Could not process rule: File exists');
const NOT_PERMITTED = new FirewallError('not_permitted', 'Operation not permitted');

type Answer = string | FirewallError;

/** An nft that answers as it is told to: the last answer again and again. */
class FakeNft {
  readonly calls: string[] = [];
  readonly batches: string[] = [];
  listings: Answer[] = [MISSING, TABLE];
  outcomes: Answer[] = [''];
  isClosed = false;

  readonly program = {
    run: async (args: readonly string[]) => {
      this.calls.push(args.join(' '));
      return said(this.listings);
    },
  };

  readonly standby = {
    run: async (args: readonly string[], input = '') => {
      this.calls.push(args.join(' '));
      this.batches.push(input);
      return said(this.outcomes);
    },
    close: async () => {
      this.isClosed = true;
    },
  };

  /** The elements that the last batch has put in or taken out. */
  get elements(): string[] {
    return (this.batches.at(-1) ?? '').split('\n').filter((line) => line.includes(' element '));
  }
}

function said(answers: Answer[]): string {
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  if (typeof answer !== 'string') throw answer;
  return answer;
}

function make() {
  const nft = new FakeNft();
  return { nft, firewall: new NftablesFirewall({ program: nft.program, standby: nft.standby, ports: null }) };
}

async function installed() {
  const made = make();
  await made.firewall.install();
  made.nft.calls.length = 0;
  return made;
}

const add = (text: string): FirewallChange => ({ kind: 'add', target: targetOf(text), seconds: 60 });
const remove = (text: string): FirewallChange => ({ kind: 'remove', target: targetOf(text) });

/** The recording with something else in the place of a text of it. */
function other(from: string, to: string): string {
  const text = TABLE.replace(from, to);
  if (text === TABLE) throw new Error(`${from} is not in the recording`);
  return text;
}

await t.test('an installation looks, makes all in one batch and looks again', async (t) => {
  const { nft, firewall } = make();
  await firewall.install();
  t.strictSame(nft.calls, [
    '-j list table inet asterisk_auth_stats',
    '-f -',
    '-t -j list table inet asterisk_auth_stats',
  ]);
  t.match(nft.batches[0], /^add table [\s\S]*flush chain [\s\S]*@v6_sockets counter name dropped6 drop\n$/);
  t.notMatch(nft.batches[0], /delete|element/);
});

await t.test('sets of a former life keep their bans and get their rule', async (t) => {
  const { nft, firewall } = make();
  nft.listings = [TABLE];
  await firewall.install();
  t.match(nft.batches[0], /saddr and 255\.255\.240\.0 @v4_20 /);
  t.equal(nft.batches[0]?.match(/add set/g)?.length, 7);
  await firewall.apply([add('203.0.113.9'), add('203.0.113.8')]);
  t.match(nft.elements, [
    /^add .*\{ 203\.0\.113\.9 \}/,
    /^delete .*\{ 203\.0\.113\.9 \}/,
    /timeout 60s, 203\.0\.113\.8 timeout 60s/,
  ]);
});

await t.test('a table in another shape is made anew in one batch, with the bans that it had', async (t) => {
  const { nft, firewall } = make();
  nft.listings = [other('"expires": 3599', '"expires": 0'), TABLE];
  nft.outcomes = [REJECTED, ''];
  await firewall.install();
  t.match(nft.batches[1], /^add table (.*)\ndelete table \1\nadd table \1\n/);
  t.match(nft.elements, [
    /v4_24 \{ 203\.0\.113\.0 timeout 599s \}/,
    /v4_sockets \{ 203\.0\.113\.9 \. 5062 timeout 299s \}/,
    /v6_128 \{ 2001:db8::1 timeout 86399s \}/,
    /v6_64 /,
    /v6_sockets \{ 2001:db8::1 \. 40000 timeout 299s \}/,
    /v4_20 /,
  ]);
});

await t.test('an installation that fails says why', async (t) => {
  const fails = async (listings: Answer[], outcomes: Answer[], message: RegExp) => {
    const { nft, firewall } = make();
    Object.assign(nft, { listings, outcomes });
    await t.rejects(firewall.install(), { constructor: FirewallError, message });
    await t.rejects(firewall.apply([add('203.0.113.9')]), { message: /not installed/ });
  };
  await fails([NOT_PERMITTED], [''], /Operation not permitted/);
  await fails([TABLE, '{}'], [''], /not understood/);
  await fails([MISSING], [REJECTED], /File exists/);
  await fails([TABLE], [NOT_PERMITTED], /Operation not permitted/);
  await fails([TABLE], [REJECTED], /File exists/);
  await fails([MISSING], [''], /another table than was made/);
  await fails([MISSING, other('"policy": "accept"', '"policy": "drop"')], [''], /another table than was made/);
});

await t.test('changes are one batch, and what is in no set needs none', async (t) => {
  const { nft, firewall } = await installed();
  await firewall.apply([]);
  await firewall.apply([remove('203.0.0.0/17')]);
  t.strictSame(nft.calls, []);
  await firewall.apply([add('203.0.113.9'), remove('203.0.0.0/17'), remove('2001:db8::1')]);
  t.strictSame(nft.calls, ['-f -']);
  t.match(nft.elements, [/^add .*v4_32 .*timeout/, /^add .*v6_128/, /^delete .*v6_128/]);
});

await t.test('what is there already is taken out and put in, so that its time begins anew', async (t) => {
  const { nft, firewall } = await installed();
  const verbs = async (change: FirewallChange) => {
    await firewall.apply([change]);
    return nft.elements.map((line) => line.split(' ')[0]).join(' ');
  };
  t.equal(await verbs(add('203.0.113.7')), 'add');
  t.equal(await verbs(add('203.0.113.7')), 'add delete add');
  t.equal(await verbs(remove('203.0.113.7')), 'add delete');
  t.equal(await verbs(add('203.0.113.7')), 'add');
  t.equal((await firewall.read()).bans.size, 7);
  t.equal(await verbs(add('203.0.113.7')), 'add', 'the reading did not find it');
  t.equal(await verbs(add('203.0.113.9')), 'add delete add', 'the reading found it');
});

await t.test('a socket is an element of its own set, and renewed like others', async (t) => {
  const { nft, firewall } = await installed();
  await firewall.apply([add('203.0.113.7:5062'), add('[2001:db8::1]:5062')]);
  t.strictSame(nft.calls, ['-f -'], 'the sets are there');
  t.match(nft.elements, [/v4_sockets \{ 203\.0\.113\.7 \. 5062 timeout 60s \}/, /v6_sockets .* \. 5062 /]);
  await firewall.apply([add('203.0.113.7:5062'), add('203.0.113.7:5063'), add('203.0.113.7')]);
  t.match(nft.elements, [
    /^add .*\{ 203\.0\.113\.7 \. 5062 \}/,
    /^delete .*\{ 203\.0\.113\.7 \. 5062 \}/,
    /^add .*5062 timeout 60s, 203\.0\.113\.7 \. 5063 timeout 60s \}/,
    /v4_32 \{ 203\.0\.113\.7 timeout 60s \}/,
  ]);
});

await t.test('a prefix of a new length brings its set and its rule in the same batch', async (t) => {
  const { nft, firewall } = await installed();
  const isInstalled = async () => (await firewall.read()).isInstalled;
  nft.listings = [other('"v4_20"', '"v4_17"').replace('"@v4_20"', '"@v4_17"')];
  t.equal(await isInstalled(), false);
  await firewall.apply([add('203.0.0.0/17'), add('198.51.0.0/17')]);
  t.equal(nft.batches.at(-1)?.match(/add set/g)?.length, 1);
  t.match(
    nft.batches.at(-1),
    /^add set .* v4_17 .*\nadd rule .*@v4_17 .*\nadd element .* 203\.0\.0\.0 .* 198\.51\.0\.0 /,
  );
  t.strictSame(nft.calls.slice(1), ['-f -', '-t -j list table inet asterisk_auth_stats']);
  t.equal(await isInstalled(), true);
  await firewall.apply([add('203.0.128.0/17')]);
  t.notMatch(nft.batches.at(-1), /add set/);
});

await t.test('where a batch fails nothing has changed', async (t) => {
  const { nft, firewall } = await installed();
  nft.outcomes = [REJECTED, ''];
  await t.rejects(firewall.apply([add('203.0.0.0/17')]), REJECTED);
  await firewall.apply([add('203.0.0.0/17')]);
  t.match(nft.batches.at(-1), /add set .* v4_17/);
  t.equal(nft.elements.length, 1);
});

await t.test('a reading tells whether all is as it was made', async (t) => {
  const { nft, firewall } = make();
  nft.listings = [TABLE];
  t.equal((await firewall.read()).isInstalled, false, 'by whom is not known before the installation');
  await firewall.install();
  t.equal((await firewall.read()).isInstalled, true);
  nft.listings = [other('"policy": "accept"', '"policy": "drop"')];
  const { isInstalled, bans, dropped } = await firewall.read();
  t.equal(isInstalled, false);
  t.equal(bans.size, 7);
  t.strictSame(dropped, { packets: 0, bytes: 0 });
});

await t.test('a table that is gone is no error, and bans nobody', async (t) => {
  const { nft, firewall } = await installed();
  nft.listings = [MISSING];
  t.strictSame(await firewall.read(), { isInstalled: false, bans: new Map(), dropped: { packets: 0, bytes: 0 } });
  nft.listings = [NOT_PERMITTED];
  await t.rejects(firewall.read(), NOT_PERMITTED);
});

await t.test('a table that nobody understands is none of ours, and an installation makes it so', async (t) => {
  const { nft, firewall } = await installed();
  nft.listings = ['{"nftables": [{"table": {"flags": "\u0001'];
  t.match(await firewall.read(), { isInstalled: false });
  nft.listings.push(TABLE);
  await firewall.install();
  t.equal((await firewall.read()).isInstalled, true);
});

await t.test('after the removal nothing is installed', async (t) => {
  const { nft, firewall } = await installed();
  await firewall.uninstall();
  t.equal(nft.batches.at(-1), 'add table inet asterisk_auth_stats\ndelete table inet asterisk_auth_stats\n');
  await t.rejects(firewall.apply([add('203.0.113.9')]), { message: /not installed/ });
  t.equal((await firewall.read()).isInstalled, false);
});

await t.test('the close ends the process that waits, and nothing else', async (t) => {
  const { nft, firewall } = await installed();
  await firewall.close();
  t.equal(nft.isClosed, true);
  t.strictSame(nft.calls, []);
});

await t.test('the real one starts nothing before it is used', async (t) => {
  const firewall = openNftables({ ports: null });
  t.equal(firewall.name, 'nftables');
  await firewall.close();
});

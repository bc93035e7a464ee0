import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { appended, appending, commenting, commentingSection } from '../../src/doctor/asterisk-fix.js';

function pasted(t: Test, text: string, command: string): string {
  const folder = t.testdir({ 'a.conf': text });
  execFileSync('bash', ['-ec', command.replaceAll('/etc/asterisk/', `${folder}/`)]);
  return readFileSync(`${folder}/a.conf`, 'utf8');
}

await t.test('lines are appended to a section, and Asterisk is told', async (t) => {
  t.equal(pasted(t, '[a]\n', appending('a.conf', 'a', ['x = $(date) `id`'])), '[a]\n\n[a](+)\nx = $(date) `id`\n');
  t.match(appended('a.conf', 'a', [], 'manager reload'), { where: 'pbx', text: /\nasterisk -rx 'manager reload'$/ });
});

await t.test('the lines of one key in one section become comments, whatever the section is called', async (t) => {
  for (const name of ['stats', "it's [1].*/x", 'a\\b']) {
    const text = `[other]\neventfilter=1\n[${name}]\nread=2\n eventfilter = 3\n[last]\neventfilter=4\n`;
    const expected = text.replace(' eventfilter = 3', '; eventfilter = 3');
    t.equal(pasted(t, text, commenting('a.conf', name, 'eventfilter')), expected, name);
  }
});

await t.test('all sections of one name become comments', async (t) => {
  const text = '[a]\nx=1\n[anonymous]\ntype=aor\n[b]\ny=2\n[anonymous](t)\ntype=endpoint\n';
  const expected = '[a]\nx=1\n;[anonymous]\n;type=aor\n[b]\ny=2\n;[anonymous](t)\n;type=endpoint\n';
  t.equal(pasted(t, text, commentingSection('a.conf', 'anonymous')), expected);
});

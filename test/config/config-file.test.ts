import fc from 'fast-check';
import t from 'tap';
import { readConfigFile } from '../../src/config/config-file.js';
import { rounds } from '../rounds.js';

const read = (text: string) => readConfigFile('/c.yaml', () => Buffer.from(text));
const textsOf = (text: string) => Object.fromEntries(read(text).texts ?? []);
const faultsOf = (text: string) => read(text).faults.map((fault) => fault.replace("CONFIG_FILE '/c.yaml': ", ''));

await t.test('YAML and JSON hold the same settings by section', async (t) => {
  const expected = { AMI_HOST: 'pbx', AMI_TLS_CA_FILE: '/ca', STATSD_PORT: '8125', AMI_TLS: 'true', FLUSH_MS: '500' };
  t.same(textsOf('ami: {host: pbx, tlsCaFile: /ca, tls: true}\nstatsd:\n  port: 8125\nflushMs: 500'), expected);
  t.same(textsOf('{"ami":{"host":"pbx","tlsCaFile":"/ca","tls":true},"statsd":{"port":8125},"flushMs":500}'), expected);
});

await t.test('a value is the text that was written', async (t) => {
  t.same(textsOf('ami: {secret: 0123, username: 1e3, host: no}'), {
    AMI_SECRET: '0123',
    AMI_USERNAME: '1e3',
    AMI_HOST: 'no',
  });
});

await t.test('null and the empty text are unset', async (t) => {
  const { texts, faults } = read('ami: {host: null, username: ~, secret: "", port: }\nstatsd:\nhttp: ""');
  t.same([[...(texts ?? [])], faults], [[], []]);
});

await t.test('a name that is not known is a fault with the likely right one', async (t) => {
  t.same(
    faultsOf('ami: {pasword: hunter2, tls_ca_file: /x}\nstatsd: {x: 1}\nlevel: info\nflushms: 1\nconfigFile: /x'),
    [
      "'ami.pasword' is not known; did you mean ami.secret?",
      "'ami.tls_ca_file' is not known; did you mean ami.tlsCaFile?",
      "'statsd.x' is not known: remove it",
      "'level' is not known: remove it",
      "'flushms' is not known; did you mean flushMs?",
      "'configFile' is not known: remove it",
    ],
  );
});

await t.test('a value of the wrong form is a fault without the value', async (t) => {
  t.same(faultsOf('ami: hunter2\nstatsd: {host: [a, b]}\nflushMs: {a: 1}\nlogLevel: !!binary aGk='), [
    'ami must hold names and values',
    'statsd.host must be a single value',
    'flushMs must be a single value',
    'logLevel must be a single value',
  ]);
});

await t.test('names of the language itself are unknown names', async (t) => {
  t.equal(
    faultsOf('__proto__: {host: a}\nconstructor: {prototype: {a: 1}}\nami: {__proto__: {a: 1}, toString: a}').length,
    4,
  );
});

await t.test('what is no tree of settings is one fault, without the text of the file', async (t) => {
  for (const [text, why] of [
    ['ami:\n  host: a: hunter2', 'is neither YAML nor JSON: line 2, BLOCK_AS_IMPLICIT_KEY'],
    ['ami: {host: a', 'is neither YAML nor JSON: line 1,'],
    ['ami: 1\nami: 2', 'is neither YAML nor JSON: line 2, DUPLICATE_KEY'],
    ['ami: *hunter2', 'has aliases that cannot be resolved'],
    ['- hunter2', 'must hold names and values'],
    ['hunter2', 'must hold names and values'],
  ] as const) {
    const { texts, faults } = read(text);
    t.equal(texts, null);
    t.match(faults, [`CONFIG_FILE names '/c.yaml', which ${why}`]);
    t.notMatch(faults.join(), 'hunter2');
  }
});

await t.test('aliases that multiply and circles end in a fault', async (t) => {
  const laughs = [
    'a0: &a0 [x,x,x,x,x,x,x,x,x]',
    ...Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`)}]`),
  ];
  t.match(read(laughs.join('\n')).faults, [
    "CONFIG_FILE names '/c.yaml', which has aliases that cannot be resolved: write the values out",
  ]);
  t.ok(read('&a {ami: *a}').faults.length > 0);
});

await t.test('a file that cannot be read is one fault', async (t) => {
  t.same(
    readConfigFile('/absent', () => Buffer.alloc(0)),
    { texts: null, faults: ["CONFIG_FILE names '/absent', which is empty"] },
  );
  t.match(readConfigFile('/long', () => Buffer.alloc(65_537)).faults, ['longer than 65536 bytes']);
});

await t.test('any text gives texts or faults and never throws', async (t) => {
  const pieces = fc.constantFrom(
    'ami',
    'host',
    ':',
    ' ',
    '\n',
    '{',
    '}',
    '[',
    ']',
    '-',
    '&a',
    '*a',
    '"',
    "'",
    '?',
    '!!set',
    '#',
    '|',
    ',',
    'x',
    '<<',
    '%',
    '\t',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 30 }).map((list) => list.join('')),
    fc.json(),
  );
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(text, (any) => {
        const { texts, faults } = read(any);
        return texts !== null || faults.length === 1;
      }),
      { numRuns: rounds(500, 100) },
    ),
  );
});

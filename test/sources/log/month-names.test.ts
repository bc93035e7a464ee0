import t from 'tap';
import { monthOf } from '../../../src/sources/log/month-names.js';

await t.test('a month is known in the languages of syslogs, short, long, with a dot, in capitals', async (t) => {
  const words: [word: string, month: number][] = [
    ['Nov', 10],
    ['November', 10],
    ['sept.', 8],
    ['M\u00c4R', 2],
    ['Okt', 9],
    ['d\u00e9c.', 11],
    ['ao\u00fbt', 7],
    ['f\u00e9vr.', 1],
    ['ago', 7],
    ['out', 9],
    ['pa\u017a', 9],
    ['lip', 6],
    ['\u0434\u0435\u043a', 11],
    ['\u03b9\u03b1\u03bd', 0],
    ['A\u011fu', 7],
    ['marraskuu', 10],
    ['3\u6708', 2],
    ['12\uc6d4', 11],
    ['ag', 7],
  ];
  for (const [word, month] of words) t.equal(monthOf(word), month, word);
});

await t.test('in a file of another encoding the letters that cannot be read do not matter', async (t) => {
  for (const [word, month] of [
    ['M\ufffdr', 2],
    ['d\ufffdc.', 11],
  ] as const)
    t.equal(monthOf(word), month);
});

await t.test('any other word is none', async (t) => {
  for (const word of ['', 'x', 'Sat', 'pbx', '13\u6708', '\ufffd\ufffd\ufffd']) t.equal(monthOf(word), null, word);
});

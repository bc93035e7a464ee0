import t from 'tap';
import { reportJson, reportText } from '../../src/doctor/report.js';
import { resultsOf } from '../../src/doctor/result.js';

const { good, note, unseen, mend } = resultsOf('clock');
const RESULTS = [
  mend('it is wrong', 'It matters.', { where: 'pbx', text: "cat <<'EOF'\nx\nEOF" }),
  good('fine'),
  unseen('the rest', 'write = config would show it.'),
  note('by the way', 'No harm.'),
];

await t.test('what is to mend comes last, and its fix stands at the margin', async (t) => {
  const text = reportText(RESULTS);
  t.ok(text.indexOf('ok    clock: fine') < text.indexOf('MEND  clock: it is wrong'));
  t.match(text, "\n      on the PBX, as root:\ncat <<'EOF'\nx\nEOF\n");
  t.match(text, /could not see: the rest\n/);
  t.match(text, /\n1 to mend; 1 could not be seen\n$/);
  t.match(reportText([good('fine')]), /\nnothing to mend\n$/);
});

await t.test('for programs it is the same', async (t) => {
  t.strictSame(JSON.parse(reportJson(RESULTS)), { mend: 1, unseen: 1, results: RESULTS });
});

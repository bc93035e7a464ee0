import { readFileSync } from 'node:fs';
import t from 'tap';
import { openReader } from '../../src/replay/readers.js';

const WHOLE = readFileSync(
  new URL('../fixtures/recordings/22/pjsip-udp4-register-wrongpw.ami', import.meta.url),
).toString('latin1');
const COPIED = WHOLE.replaceAll('\r', '');

function read(text: string, chunkBytes = text.length): string[] {
  const outputs: string[] = [];
  const bytes = Buffer.from(text, 'latin1');
  const reader = openReader(
    {
      format: 'ami',
      head: bytes.subarray(0, 65_536),
      pbxName: null,
      host: 'h',
      clock: () => 0,
      blockBytesMax: 65_536,
      patterns: [],
    },
    {
      onEvent: ({ event, account, remote }) => outputs.push(`${event} ${account} ${remote.address}`),
      onMalformed: (reason) => outputs.push(reason),
      onIgnored: () => undefined,
    },
  );
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes));
  reader.end();
  return outputs;
}

await t.test('AMI without its CRs gives the same events, in any chunks', async (t) => {
  const events = read(WHOLE);
  t.equal(events.length, 3);
  for (const size of [COPIED.length, 7, 100]) t.strictSame(read(COPIED, size), events, String(size));
  t.strictSame(read(COPIED.replace(/\n+$/, '')), events, 'without its last line ends');
});

await t.test('as tcpdump -A prints it', async (t) => {
  const printed = COPIED.split('\n\n')
    .slice(1)
    .map(
      (block) =>
        `05:46:01.123456 IP 127.0.0.1.5038 > 127.0.0.1.5: Flags [P.], length 9\nE..4..@.@.....P...${block}\n\n`,
    )
    .join('');
  t.strictSame(
    read(printed).filter((output) => output !== 'truncated' && output !== 'no_event'),
    read(WHOLE),
  );
});

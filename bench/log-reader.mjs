// This project's side of logs.mjs: reads a security log to its end and says how many failures are in it.
import { createReadStream } from 'node:fs';
import { isFailedAuth } from '../dist/domain/security-event.js';
import { SecurityLog } from '../dist/sources/log/security-log.js';

let failures = 0;
const reader = new SecurityLog(
  { pbx: 'bench' },
  { onEvent: (event) => isFailedAuth(event) && failures++, onMalformed() {}, onIgnored() {} },
);
let rest = Buffer.alloc(0);
let isFirst = true;
for await (const chunk of createReadStream(process.argv[2], { highWaterMark: 262_144 })) {
  const bytes = Buffer.concat([rest, chunk]);
  const end = bytes.lastIndexOf('\n') + 1;
  reader.read(bytes.subarray(0, end), isFirst);
  rest = bytes.subarray(end);
  isFirst = false;
}
reader.settle();
console.log(`${failures} failures`);

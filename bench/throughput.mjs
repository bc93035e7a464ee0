// Events per CPU second: AMI bytes over loopback to StatsD datagrams with both meters, beside the stock client of
// asterisk-ami-client, a raw read of the same bytes, and the same exporter with its detection on, in one run. Each reader is
// a process of its own that reports its own CPU time (user and system); a ratio is taken within a round, and the median of
// the rounds is printed. compare.mjs compares two builds.
//
//   npm run bench            (five rounds, some twenty seconds)
import { fileURLToPath } from 'node:url';
import { ADDRESSES, bytesPerEvent, measure } from './lab/flood.mjs';
import { median, spread } from './lab/statistics.mjs';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
/** The stock client is some hundred times slower than a read: fewer events take it as long. */
const EVENTS = { raw: 5_000_000, exporter: 5_000_000, detection: 5_000_000, stock: 40_000 };
const KINDS = ['raw', 'exporter', 'detection', 'stock'];
const READER = fileURLToPath(new URL('./reader.mjs', import.meta.url));

console.log(
  `Node ${process.version}, ${bytesPerEvent.toFixed(0)} bytes an event, ${ADDRESSES} addresses, ${ROUNDS} rounds\n`,
);
const rounds = [];
for (let round = 0; round < ROUNDS; round++) {
  const result = {};
  for (const kind of KINDS) result[kind] = await measure(READER, kind, EVENTS[kind]);
  rounds.push(result);
}
for (const kind of KINDS) {
  const values = rounds.map((round) => round[kind] / 1000);
  console.log(
    `${kind.padEnd(9)} ${median(values).toFixed(0).padStart(6)} thousand events per CPU second (${spread(values, 0)})`,
  );
}
const toStock = rounds.map((round) => round.exporter / round.stock);
const withDetection = rounds.map((round) => round.detection / round.exporter);
const toRaw = rounds.map((round) => round.exporter / round.raw);
console.log(`\nexporter / stock client  ${median(toStock).toFixed(0)} (${spread(toStock, 0)})`);
console.log(`exporter / raw read      ${median(toRaw).toFixed(2)} (${spread(toRaw, 2)})`);
console.log(`with / without detection  ${median(withDetection).toFixed(2)} (${spread(withDetection, 2)})`);

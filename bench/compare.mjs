// Does a change cost throughput? Two built checkouts read the same flood in turns, each with its own reader.mjs and dist/. A ratio
// is taken within a round, since rounds differ more than builds do; the order changes with every round, so that neither
// build always runs on the warmer machine.
//
//   git worktree add ../before main && (cd ../before && npm run build)
//   npm run build && node bench/compare.mjs ../before .
//
// ROUNDS=10 and EVENTS=5000000 are the defaults. With FLOOR=0.97 it ends with 1 where a median is below 0.97.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { bytesPerEvent, measure } from './lab/flood.mjs';
import { median, spread } from './lab/statistics.mjs';

const KINDS = ['exporter', 'detection'];
const ROUNDS = Number(process.env['ROUNDS'] ?? 10);
const EVENTS = Number(process.env['EVENTS'] ?? 5_000_000);
const FLOOR = Number(process.env['FLOOR'] ?? 0);

const [before, after] = process.argv.slice(2).map((checkout) => {
  if (!existsSync(resolve(checkout, 'dist/cli.js'))) {
    console.error(`compare: ${checkout} is not built; run npm run build there`);
    process.exit(64);
  }
  return resolve(checkout, 'bench/reader.mjs');
});
if (after === undefined) {
  console.error('Usage: node bench/compare.mjs BEFORE AFTER (two built checkouts)');
  process.exit(64);
}

/** @returns events per CPU second of both builds, measured right after each other. */
async function round(kind, isBeforeFirst) {
  const result = {};
  for (const build of isBeforeFirst ? ['before', 'after'] : ['after', 'before']) {
    result[build] = await measure(build === 'before' ? before : after, kind, EVENTS);
  }
  return result;
}

console.log(`Node ${process.version}, ${bytesPerEvent.toFixed(0)} bytes an event, ${ROUNDS} rounds`);
console.log('thousand events per CPU second: median (lowest to highest)\n');
for (const kind of KINDS) {
  const rounds = [];
  for (let number = 0; number < ROUNDS; number++) rounds.push(await round(kind, number % 2 === 0));
  for (const build of ['before', 'after']) {
    const values = rounds.map((result) => result[build] / 1000);
    console.log(`${kind.padEnd(9)} ${build.padEnd(6)} ${median(values).toFixed(0).padStart(6)} (${spread(values, 0)})`);
  }
  const ratios = rounds.map((result) => result.after / result.before);
  console.log(`${kind.padEnd(9)} after / before ${median(ratios).toFixed(3)} (${spread(ratios, 3)})\n`);
  if (median(ratios) < FLOOR) process.exitCode = 1;
}

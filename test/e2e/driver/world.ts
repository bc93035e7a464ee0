import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Besieged, BesiegerPlan } from './besieger.js';
import type { ForgedPlan, ForgedReport } from './forged-process.js';
import type { PhonesPlan, PhonesReport } from './phones-process.js';

/** Good phones in the world. */
export interface WorldPhones {
  stop(): Promise<PhonesReport>;
}

const SIEGE_MS = 120_000;

/** Plays besiegers where `inside` says until all have ended. */
export async function besiegeFrom(inside: readonly string[], plan: BesiegerPlan): Promise<readonly Besieged[]> {
  const child = forkInside(inside, './besieger-process.js', plan);
  const [besieged] = (await once(child, 'message', { signal: AbortSignal.timeout(SIEGE_MS) })) as [Besieged[]];
  return besieged;
}

/** Asks from thousands of addresses where `inside` says. */
export async function forgeFrom(inside: readonly string[], plan: ForgedPlan): Promise<ForgedReport> {
  const child = forkInside(inside, './forged-process.js', plan);
  const [report] = (await once(child, 'message', { signal: AbortSignal.timeout(SIEGE_MS) })) as [ForgedReport];
  return report;
}

/** Starts phones where `inside` says; resolves once they run. */
export async function startWorldPhones(inside: readonly string[], plan: PhonesPlan): Promise<WorldPhones> {
  const child = forkInside(inside, './phones-process.js', plan);
  await once(child, 'message');
  return {
    stop: async () => {
      const told = once(child, 'message');
      child.send('stop');
      const [report] = (await told) as [PhonesReport];
      return report;
    },
  };
}

/** The process ends with ours: it sees the channel close. */
function forkInside([execPath = '', ...words]: readonly string[], module: string, plan: unknown) {
  const execArgv = [...words, process.execPath, ...process.execArgv];
  return fork(fileURLToPath(new URL(module, import.meta.url)), [JSON.stringify(plan)], { execPath, execArgv });
}

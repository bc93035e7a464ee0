import { readFileSync } from 'node:fs';

/** Resident memory in bytes: now, and the most that it ever was. */
export interface Memory {
  readonly now: number;
  readonly peak: number;
}

/** @throws once the process has ended */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return { now: bytesOf(status, 'VmRSS'), peak: bytesOf(status, 'VmHWM') };
}

function bytesOf(status: string, field: string): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
  if (kib === undefined) throw new Error(`the kernel does not tell the ${field} of a process`);
  return Number(kib) * 1024;
}

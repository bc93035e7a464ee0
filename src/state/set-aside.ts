import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Of what was set aside, so that a disk that damages files every day is not filled with them. */
const KEPT = 3;
const ASIDE = /\.damaged-[0-9TZ-]{24}$/;

/**
 * Renames a damaged directory, for whoever wants to look at it, to `<as>.damaged-<time>`, and removes all but the last three
 * of that name.
 * @param now milliseconds since the Unix epoch.
 * @returns the new path.
 */
export async function setAside(path: string, as: string, now: number): Promise<string> {
  const aside = `${as}.damaged-${new Date(now).toISOString().replace(/[:.]/g, '-')}`;
  await rename(path, aside);
  await removeOldest(dirname(as), `${basename(as)}.damaged-`);
  return aside;
}

async function removeOldest(directory: string, prefix: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(prefix) && ASIDE.test(name)).sort();
  for (const name of names.slice(0, -KEPT)) await rm(join(directory, name), { recursive: true, force: true });
}

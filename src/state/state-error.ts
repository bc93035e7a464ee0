/**
 * Why the state cannot be kept. A closed list, so that it can be counted by.
 * `damaged`: what is on the disk is not what was written there; the only one that opening anew can mend.
 */
export type StateFault =
  | 'locked'
  | 'permission'
  | 'full'
  | 'not_a_directory'
  | 'descriptors'
  | 'newer_version'
  | 'damaged'
  | 'io';

/** The state store does not do what it should. The message is for people and names what mends it. */
export class StateError extends Error {
  readonly fault: StateFault;

  constructor(fault: StateFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StateError';
    this.fault = fault;
  }
}

const REMEDIES: Readonly<Record<StateFault, string>> = {
  locked: 'another process has it open; give every process a STATE_DIR of its own',
  permission: 'give the user that it runs as the right to write there',
  full: 'the disk is full, or the quota is used up; make room',
  not_a_directory: 'something on the path is a file; name a directory, or one that can be made',
  descriptors: 'too many files are open; raise the limit of open files (ulimit -n, LimitNOFILE)',
  newer_version: 'a newer version of this program wrote it; run that one, or give this one another STATE_DIR',
  damaged: 'the files are damaged; check the disk',
  io: 'the system does not say more than this',
};

/**
 * The system's own words (strerror of glibc and musl, libuv's in lower case), since LevelDB tells nothing but them.
 * Short tables give EINVAL, and a CURRENT whose text changed names a file that is not there: both are damage.
 */
const WORDS: readonly (readonly [StateFault, RegExp])[] = [
  ['full', /no space left on device|quota exceeded|file too large/i],
  ['permission', /permission denied|operation not permitted|read-only file system/i],
  ['descriptors', /too many open files/i],
  ['not_a_directory', /EEXIST|not a directory/i],
  ['damaged', /IO error: .*(no such file or directory|invalid argument|input\/output error|is a directory)$/is],
];

/** @param cause what classic-level or node:fs failed with. */
export function stateError(cause: unknown, path: string): StateError {
  const root = rootOf(cause);
  return describedFault(faultOf(root), path, root);
}

export function describedFault(fault: StateFault, path: string, cause: Error | null = null): StateError {
  const words = cause === null ? '' : ` (${cause.message})`;
  return new StateError(fault, `the state in ${path} cannot be used: ${REMEDIES[fault]}${words}`, cause ?? undefined);
}

/** Opening fails with an error of abstract-level, and what LevelDB or the system said is its cause. */
function rootOf(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(String(cause));
  return cause.cause instanceof Error ? cause.cause : cause;
}

function faultOf(error: Error): StateFault {
  const code = 'code' in error ? error.code : null;
  if (code === 'LEVEL_LOCKED') return 'locked';
  if (code === 'LEVEL_CORRUPTION') return 'damaged';
  return WORDS.find(([, words]) => words.test(error.message))?.[0] ?? 'io';
}

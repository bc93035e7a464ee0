import t from 'tap';
import { StateError, stateError } from '../../src/state/state-error.js';

const coded = (message: string, code: string) => Object.assign(new Error(message), { code });

await t.test('each failure of the system or of LevelDB has its fault', async (t) => {
  const cases: [error: Error, fault: string][] = [
    [coded('IO error: lock /s/LOCK: already held by process', 'LEVEL_LOCKED'), 'locked'],
    [coded('Corruption: checksum mismatch', 'LEVEL_CORRUPTION'), 'damaged'],
    [coded('IO error: /s/000003.log: No space left on device', 'LEVEL_IO_ERROR'), 'full'],
    [coded('IO error: /s/000003.log: Disk quota exceeded', 'LEVEL_IO_ERROR'), 'full'],
    [coded('IO error: /s/LOCK: Permission denied', 'LEVEL_IO_ERROR'), 'permission'],
    [coded('IO error: /s/LOCK: Read-only file system', 'LEVEL_IO_ERROR'), 'permission'],
    [coded('IO error: /s/000005.ldb: Too many open files', 'LEVEL_IO_ERROR'), 'descriptors'],
    [coded('IO error: /s/MANIFEST-000002: No such file or directory', 'LEVEL_IO_ERROR'), 'damaged'],
    [coded('IO error: /s/000005.ldb: Invalid argument', 'LEVEL_IO_ERROR'), 'damaged'],
    [coded('IO error: /s/000005.ldb: Input/output error', 'LEVEL_IO_ERROR'), 'damaged'],
    [coded('IO error: /s/000005.ldb: Stale file handle', 'LEVEL_IO_ERROR'), 'io'],
    [coded("EACCES: permission denied, mkdir '/s'", 'EACCES'), 'permission'],
    [coded("EROFS: read-only file system, mkdir '/s'", 'EROFS'), 'permission'],
    [coded("ENOSPC: no space left on device, mkdir '/s'", 'ENOSPC'), 'full'],
    [coded("ENOTDIR: not a directory, mkdir '/s'", 'ENOTDIR'), 'not_a_directory'],
    [coded("EEXIST: file already exists, mkdir '/s'", 'EEXIST'), 'not_a_directory'],
    [coded("EMFILE: too many open files, open '/s'", 'EMFILE'), 'descriptors'],
    [coded("ENOENT: no such file or directory, rename '/s'", 'ENOENT'), 'io'],
  ];
  for (const [error, fault] of cases) {
    // As abstract-level fails to open.
    for (const cause of [error, coded('Database failed to open', 'LEVEL_DATABASE_NOT_OPEN')]) {
      if (cause !== error) cause.cause = error;
      const told = stateError(cause, '/s');
      t.type(told, StateError);
      t.equal(told.fault, fault, error.message);
      t.equal(told.cause, error);
      t.ok(told.message.startsWith('the state in /s cannot be used: ') && told.message.endsWith(`(${error.message})`));
    }
  }
});

await t.test('what is no Error is told too', async (t) => {
  const error = stateError('out of order', '/s');
  t.equal(error.fault, 'io');
  t.match(error.message, /\(out of order\)$/);
});

await t.test('a lock is told with its remedy', async (t) => {
  t.match(stateError(coded('IO error: lock', 'LEVEL_LOCKED'), '/s').message, /another process .* STATE_DIR of its own/);
});

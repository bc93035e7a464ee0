import { statSync } from 'node:fs';
import t from 'tap';
import { errnoOf, fileFault, kindFault } from '../../../src/sources/log/file-fault.js';

const failed = (code: string) => Object.assign(new Error('text'), { code, syscall: 'open' });

await t.test('a fault names the path, and how to mend it', async (t) => {
  t.match(fileFault('/log/full', failed('ENOENT')), /^\/log\/full is not there \(ENOENT\): .*logger show channels/);
  t.match(fileFault('/log/full', failed('ENOTDIR')), /^\/log\/full is not there \(ENOTDIR\)/);
  t.match(fileFault('/log/full', failed('EACCES')), /^\/log\/full may not be read \(EACCES\): .*user.*logrotate/);
  t.match(fileFault('/log/full', failed('EPERM')), /may not be read \(EPERM\)/);
  t.equal(fileFault('/log/full', failed('EIO')), '/log/full cannot be read (EIO)');
});

await t.test('what is no error of the operating system is thrown on', async (t) => {
  const error = new TypeError('a fault of our own');
  t.throws(() => errnoOf(error), error);
  t.throws(() => errnoOf('text'));
  t.throws(() => fileFault('/log/full', error), error);
});

await t.test('only a file is no fault', async (t) => {
  const fault = (path: string) => kindFault('/log/full', statSync(path, { bigint: true }));
  t.equal(fault(process.execPath), null);
  t.match(fault('/'), /^\/log\/full is a directory: it must be a file/);
  t.match(fault('/dev/null'), /is a socket or a device/);
});

import { fileStart } from '../../text/file-start.js';

/** What is read of the file: some ten thousand groups. */
const BYTES_MAX = 1_048_576;
/** The one below means "unchanged" to chown(2). */
const GID_MAX = 0xffff_fffe;

/**
 * The number of a group, given as such or by its name in /etc/group; null for one that is unknown. Of a directory
 * service's groups only the number is known.
 * @throws what node:fs throws where the file cannot be read.
 */
export function groupId(group: string, file = '/etc/group'): number | null {
  if (/^\d{1,10}$/.test(group)) return gidOf(group);
  // group(5): the name, a password, the number, the members.
  for (const line of fileStart(file, BYTES_MAX).toString().split('\n')) {
    const [name, , digits = ''] = line.split(':');
    if (name === group && /^\d{1,10}$/.test(digits)) return gidOf(digits);
  }
  return null;
}

function gidOf(digits: string): number | null {
  const gid = Number(digits);
  return gid <= GID_MAX ? gid : null;
}

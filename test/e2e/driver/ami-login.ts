import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface AmiLogin {
  readonly port: number;
  /** Certificates to trust; null logs in without TLS. */
  readonly ca: Buffer | null;
  readonly username: string;
  readonly secret: string;
  /** `challenge` proves the secret by MD5, `plain` sends it. */
  readonly method: 'plain' | 'challenge';
  /** The address to come from, where that matters. */
  readonly from?: string;
}

/** One login at the AMI on 127.0.0.1; Asterisk takes a second to refuse one. @returns the connection, or null where it was refused */
export async function loginAmi({ port, ca, username, secret, method, from }: AmiLogin): Promise<Socket | null> {
  const server = { port, host: '127.0.0.1', ...(from === undefined ? {} : { localAddress: from }) };
  const socket = ca === null ? connectTcp(server) : connectTls({ ...server, ca });
  const answer = async (action: string, ...headers: readonly string[]) => {
    socket.write([`Action: ${action}`, ...headers, '\r\n'].join('\r\n'));
    return response(socket);
  };
  let proof = `Secret: ${secret}`;
  if (method === 'challenge') {
    const challenge = /^Challenge: (.*)$/m.exec(await answer('Challenge', 'AuthType: MD5'))?.[1] ?? '';
    const key = createHash('md5').update(`${challenge.trim()}${secret}`).digest('hex');
    proof = `AuthType: MD5\r\nKey: ${key}`;
  }
  if (/^Response: Success/m.test(await answer('Login', `Username: ${username}`, proof))) return socket;
  socket.destroy();
  return null;
}

/** Reads up to the end of the next response; what comes after it in the same read is lost, which a count of later events does not need. */
async function response(socket: Socket): Promise<string> {
  let received = '';
  while (!/^Response: .*?\r\n\r\n/ms.test(received)) {
    const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(5000) })) as [Buffer];
    received += chunk.toString('latin1');
  }
  return received;
}

import { createSocket } from 'node:dgram';
import { connect, isIP } from 'node:net';
import type { ExporterConfig } from '../../config/load-config.js';
import { visibleText } from '../../text/visible-text.js';
import { type Result, resultsOf } from '../result.js';
import { firstBytes } from '../speech.js';

const WAIT_MS = 1_000;

/** STATSD_HOST: whether somebody listens there, as far as its protocol tells. */
export async function statsdResult({ statsd: { host, port, protocol } }: ExporterConfig): Promise<Result> {
  const { good, mend } = resultsOf('statsd');
  const place = `${visibleText(host, 256)} port ${port}`;
  const why = 'Meters go nowhere: dashboards and alert rules stay empty.';
  const fix = { where: 'settings', text: 'STATSD_HOST=127.0.0.1\nSTATSD_PORT=8125' } as const;
  if (protocol === 'tcp') {
    const heard = await firstBytes(host, port);
    if (heard === null) return mend(`nothing listens on ${place} (TCP)`, why, fix);
    if (heard === '') return good(`${place} takes connections and says nothing, as StatsD does`);
    return mend(`what listens on ${place} is no StatsD: it says ${visibleText(heard, 40)}`, why, fix);
  }
  const refusal = await datagramRefusal(host, port);
  if (refusal !== null) return mend(`${place} (UDP): ${refusal}`, why, fix);
  const admin = port < 65_535 && (await adminSaysUp(host, port + 1));
  const who = admin
    ? `statsd itself says that it is up, on port ${port + 1}`
    : 'nobody refuses datagrams; more UDP does not tell';
  return good(`${place}: ${who}`);
}

/** An empty datagram means nothing to any receiver; where nobody listens on a reachable host, its kernel says so. */
async function datagramRefusal(host: string, port: number): Promise<string | null> {
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
  try {
    return await new Promise<string | null>((resolve) => {
      const timer = setTimeout(() => resolve(null), WAIT_MS / 2);
      const end = (error: NodeJS.ErrnoException | null) => {
        clearTimeout(timer);
        resolve(error?.code === 'ECONNREFUSED' ? 'nothing listens there' : (error?.message ?? null));
      };
      socket.on('error', end);
      const onRefused = (error?: Error | null) => error && end(error);
      // Its type hides that a name which is not found is told to the callback.
      socket.connect(port, host, (error?: Error | null) => (error ? end(error) : socket.send('', onRefused)));
    });
  } finally {
    socket.close();
  }
}

/** etsy's statsd has a console beside its port. */
function adminSaysUp(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  return new Promise<boolean>((resolve) => {
    const end = (isUp: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isUp);
    };
    const timer = setTimeout(() => end(false), WAIT_MS);
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('data', (bytes: Buffer) => end(bytes.includes('health: up')));
    socket.on('connect', () => socket.write('health\n'));
  });
}

import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AmiError } from './ami-error.js';

/** How Asterisk's certificate is checked. */
export interface TlsOptions {
  /** PEM text of the authorities that are trusted instead of the system's; null for the system's. */
  readonly ca: string | null;
  /** The name that the certificate must be for; null for the host that is dialled. */
  readonly serverName: string | null;
  /** False takes any certificate: encrypted, but nobody knows by whom. */
  readonly verify: boolean;
}

export interface DialOptions {
  readonly host: string;
  readonly port: number;
  /** Null for plain TCP. */
  readonly tls: TlsOptions | null;
  readonly connectMs: number;
}

const READ_BUFFER_BYTES = 65_536;

/** The kernel's probes find a peer that vanished even when the watchdog's ping is waiting in the send buffer. */
const TCP_KEEPALIVE_MS = 30_000;

/**
 * Opens a TCP or TLS connection, the handshake included. The bytes of a `data` event are valid until the listener returns.
 * @throws AmiError when it does not come about within `connectMs`, and when the signal is aborted.
 */
export async function dial(options: DialOptions, signal: AbortSignal): Promise<Socket> {
  const { host, port, tls, connectMs } = options;
  const socket = tls === null ? tcpSocket(host, port) : connectTls({ host, port, ...tlsSettings(host, tls) });
  const timer = setTimeout(() => {
    socket.destroy(new Error(`no answer within ${connectMs / 1000} s`));
  }, connectMs);
  const abort = () => socket.destroy(new Error('stopped'));
  signal.addEventListener('abort', abort);
  try {
    if (signal.aborted) abort();
    await once(socket, tls === null ? 'connect' : 'secureConnect');
  } catch (error) {
    socket.destroy();
    const place = `${host} port ${port}${tls === null ? '' : ' over TLS'}`;
    throw new AmiError(`cannot connect to ${place}: ${explain(error as NodeJS.ErrnoException)}`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
  socket.setNoDelay(true);
  socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
  return socket;
}

/**
 * A socket that reads into one buffer again and again: by default Node allocates 64 KB for each read, and that takes two
 * thirds of the time of reading.
 */
function tcpSocket(host: string, port: number): Socket {
  const buffer = Buffer.alloc(READ_BUFFER_BYTES);
  const socket = connectTcp({
    host,
    port,
    onread: {
      buffer,
      callback: (length) => {
        // With `onread` the socket emits no `data` of its own.
        socket.emit('data', buffer.subarray(0, length));
        return true;
      },
    },
  });
  return socket;
}

function tlsSettings(host: string, { ca, serverName, verify }: TlsOptions) {
  const name = serverName ?? host;
  return {
    rejectUnauthorized: verify,
    ...(ca === null ? {} : { ca }),
    // An IP address is no server name (RFC 6066, section 3); the certificate is checked against the host then.
    ...(isIP(name) === 0 ? { servername: name } : {}),
  };
}

const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (is "enabled = yes" in manager.conf, and is AMI_PORT right?)',
  ENOTFOUND: 'the name is not known (AMI_HOST)',
  EAI_AGAIN: 'the name cannot be resolved now (DNS)',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an unknown authority (AMI_TLS_CA_FILE)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (put it into AMI_TLS_CA_FILE to trust it)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an unknown authority (AMI_TLS_CA_FILE)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name (AMI_TLS_SERVER_NAME)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/** A socket fails with nothing but Node's own errors; one of several addresses tried has no message. */
function explain({ code = '', message }: NodeJS.ErrnoException): string {
  const hint = HINTS[code];
  return hint === undefined ? message || code : `${hint} [${code}]`;
}

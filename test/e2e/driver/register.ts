import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { connectSip, hostAndPort, type SipConnection, type SipTarget } from './sip-connection.js';

/** Who registers. Without a password the phone leaves the server's challenge unanswered. */
export interface Credentials {
  readonly user: string;
  readonly password: string | null;
}

const ANSWER_MS = 5000;

/**
 * One registration as a phone makes it: REGISTER, and where the server challenges and there is a password, REGISTER with the digest.
 * @returns the status of the last answer
 * @throws where the server does not answer within 5 s
 */
export async function register(target: SipTarget, { user, password }: Credentials): Promise<number> {
  const connection = await connectSip(target);
  try {
    const server = hostAndPort(target.host, target.port);
    const request = registration({ transport: target.transport, local: connection.local, server, user });
    const first = await exchange(connection, request(1, null));
    const challenge = /^WWW-Authenticate:\s*Digest (.*)$/im.exec(first.message)?.[1];
    if (password === null || challenge === undefined) return first.status;
    return (await exchange(connection, request(2, answer(challenge, { user, password, uri: `sip:${server}` })))).status;
  } finally {
    connection.close();
  }
}

/** Makes the requests of one registration, which share Call-ID and tag. */
export function registration({
  transport,
  local,
  server,
  user,
}: Readonly<Record<'transport' | 'local' | 'server' | 'user', string>>) {
  const callId = randomBytes(8).toString('hex');
  return (sequence: number, authorization: string | null): string =>
    [
      `REGISTER sip:${server} SIP/2.0`,
      `Via: SIP/2.0/${transport.toUpperCase()} ${local};branch=z9hG4bK${callId}${sequence};rport`,
      'Max-Forwards: 70',
      `From: <sip:${user}@${server}>;tag=${callId}`,
      `To: <sip:${user}@${server}>`,
      `Call-ID: ${callId}`,
      `CSeq: ${sequence} REGISTER`,
      `Contact: <sip:${user}@${local};transport=${transport}>`,
      'Expires: 60',
      ...(authorization === null ? [] : [`Authorization: ${authorization}`]),
      'Content-Length: 0',
      '\r\n',
    ].join('\r\n');
}

/** Sends a request and waits for its final answer; UDP needs no retransmission on loopback. */
async function exchange(connection: SipConnection, request: string): Promise<{ status: number; message: string }> {
  const answered = new Promise<{ status: number; message: string }>((resolve) => {
    connection.onMessage((message) => {
      const status = Number(/^SIP\/2\.0 (\d{3})/.exec(message)?.[1] ?? 0);
      if (status >= 200) resolve({ status, message });
    });
  });
  connection.send(request);
  const given = new AbortController();
  const late = delay(ANSWER_MS, null, { signal: given.signal }).catch(() => null);
  const final = await Promise.race([answered, late]);
  given.abort();
  if (final === null) throw new Error(`no answer to ${request.slice(0, request.indexOf('\r\n'))}`);
  return final;
}

/** The Authorization for a challenge (RFC 2617, MD5, qop `auth` where the server offers one). */
function answer(challenge: string, { user, password, uri }: { user: string; password: string; uri: string }): string {
  const offered = Object.fromEntries(
    Array.from(challenge.matchAll(/(\w+)=(?:"([^"]*)"|([^,\s]+))/g), ([, key = '', quoted, plain]) => [
      key,
      quoted ?? plain,
    ]),
  );
  const { realm = '', nonce = '', opaque } = offered;
  const secret = md5(`${user}:${realm}:${password}`);
  const request = md5(`REGISTER:${uri}`);
  const cnonce = randomBytes(4).toString('hex');
  const qop = offered['qop'] === undefined ? '' : `:00000001:${cnonce}:auth`;
  return [
    `Digest username="${user}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    'algorithm=MD5',
    `response="${md5(`${secret}:${nonce}${qop}:${request}`)}"`,
    ...(qop === '' ? [] : ['qop=auth', 'nc=00000001', `cnonce="${cnonce}"`]),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
  ].join(', ');
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

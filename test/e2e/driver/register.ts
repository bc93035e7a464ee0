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
 * @param copies how often each datagram is sent, as where the answers get lost
 * @returns the status of the last answer
 * @throws where the server does not answer within 5 s
 */
export async function register(target: SipTarget, { user, password }: Credentials, copies = 1): Promise<number> {
  const phone = await openPhone(target, user, copies);
  try {
    const first = await phone.ask();
    if (password === null || first.challenge === null) return first.status;
    return (await phone.ask({ password, challenge: first.challenge })).status;
  } finally {
    phone.close();
  }
}

interface Answer {
  readonly status: number;
  /** What stands behind `Digest`; null without a challenge. */
  readonly challenge: string | null;
}

/** Somebody who keeps his Call-ID, and may answer a challenge as often as he likes. */
export interface Phone {
  /** One REGISTER; with a digest where a password is given. @throws where the server does not answer within 5 s */
  ask(proof?: { readonly password: string; readonly challenge: string }): Promise<Answer>;
  close(): void;
}

export async function openPhone(target: SipTarget, user: string, copies = 1): Promise<Phone> {
  const connection = await connectSip(target);
  const server = hostAndPort(target.host, target.port);
  const request = registration({ transport: target.transport, local: connection.local, server, user });
  let sequence = 0;
  return {
    ask: async (proof) => {
      sequence += 1;
      const digest = proof === undefined ? null : digestOf({ ...proof, user, uri: `sip:${server}` });
      const { status, message } = await exchange(connection, request(sequence, digest), { sequence, copies });
      return { status, challenge: /^WWW-Authenticate:\s*Digest (.*)$/im.exec(message)?.[1] ?? null };
    },
    close: connection.close,
  };
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
async function exchange(
  connection: SipConnection,
  request: string,
  { sequence, copies }: { readonly sequence: number; readonly copies: number },
): Promise<{ status: number; message: string }> {
  const answered = new Promise<{ status: number; message: string }>((resolve) => {
    connection.onMessage((message) => {
      const status = Number(/^SIP\/2\.0 (\d{3})/.exec(message)?.[1] ?? 0);
      // To each copy of the request before there is an answer too, and it may come late.
      const isOurs = new RegExp(`^CSeq:\\s*${sequence} `, 'im').test(message);
      if (status >= 200 && isOurs) resolve({ status, message });
    });
  });
  for (let sent = 0; sent < copies; sent += 1) connection.send(request);
  const given = new AbortController();
  const late = delay(ANSWER_MS, null, { signal: given.signal }).catch(() => null);
  const final = await Promise.race([answered, late]);
  given.abort();
  if (final === null) throw new Error(`no answer to ${request.slice(0, request.indexOf('\r\n'))}`);
  return final;
}

/** The Authorization for a challenge (RFC 2617, MD5, qop `auth` where the server offers one). */
function digestOf({
  challenge,
  user,
  password,
  uri,
}: Readonly<Record<'challenge' | 'user' | 'password' | 'uri', string>>): string {
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

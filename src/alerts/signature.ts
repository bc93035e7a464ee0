import { createHmac } from 'node:crypto';

/**
 * The headers by which a receiver knows that the body is ours and of now: HMAC-SHA256, in hex, of the seconds since the Unix
 * epoch, a dot and the body.
 * @param now milliseconds since the Unix epoch.
 */
export function signatureHeaders(secret: string, body: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const mac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-signature-timestamp': timestamp, 'x-signature-256': `sha256=${mac}` };
}

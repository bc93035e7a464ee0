import { randomUUID } from 'node:crypto';
import type { Finding } from '../domain/finding.js';
import { findingRecord } from './finding-record.js';
import type { FindingText } from './finding-text.js';
import { HttpAlert, type HttpAlertOptions } from './http-alert.js';
import { signatureHeaders } from './signature.js';

export interface WebhookOptions extends HttpAlertOptions {
  /** Signs what is sent; null: nothing is signed. */
  readonly secret: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly clock?: () => number;
}

/** Sends findings to whatever takes JSON: docs/alerts.md has the body and how its signature is verified. */
export class Webhook extends HttpAlert {
  constructor({ secret, clock = Date.now, ...options }: WebhookOptions) {
    // A new time for each try: a receiver refuses an old one, for it may be a recording.
    const headers = (body: string) => (secret === null ? {} : signatureHeaders(secret, body, clock()));
    super(options, { name: 'webhook', encode: webhookBody, headers });
  }
}

/** `id` is the same in all tries, so that a receiver can tell a second delivery from a second finding. */
function webhookBody(finding: Finding, { title, text }: FindingText, suppressed: number): object {
  return { version: 1, id: randomUUID(), title, text, suppressed, finding: findingRecord(finding) };
}

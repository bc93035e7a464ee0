/** What became of a POST. `reason` is for people and has nothing of the URL in it. */
export type PostResult =
  | { readonly kind: 'sent' }
  /** It would be answered in the same way again. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Another try may succeed, but not before `retryAfterMs`; 0 where the receiver did not say. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs: number };

export interface PostRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For all of it, from the name's look-up to the answer's head. */
  readonly timeoutMs: number;
}

/** A receiver that asks for more is tried after this time all the same. */
const RETRY_AFTER_MAX_MS = 120_000;

/** Timeout, too early, too many: statuses below 500 after which the same request can succeed. */
const PASSING = new Set([408, 425, 429]);

/**
 * Sends one request and looks at the status of the answer, not at its text. A redirect is not followed: it would take what
 * is sent to a place that nobody configured. Never rejects.
 * @param signal ends it early, which is a failure like others.
 * @param clock milliseconds since the Unix epoch.
 */
export async function post(
  request: PostRequest,
  signal: AbortSignal,
  clock: () => number = Date.now,
): Promise<PostResult> {
  const ended = new AbortController();
  const end = () => ended.abort();
  const timer = setTimeout(() => ended.abort(TIMED_OUT), request.timeoutMs);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const result = await send(request, ended.signal, clock).catch(failureOf);
  clearTimeout(timer);
  signal.removeEventListener('abort', end);
  return result;
}

async function send(
  { url, body, headers }: PostRequest,
  signal: AbortSignal,
  clock: () => number,
): Promise<PostResult> {
  const response = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal });
  // Settled either way: the status is all that counts, and a text without an end is not waited for.
  await Promise.allSettled([response.body?.cancel()]);
  return resultOf(response, clock());
}

const TIMED_OUT = new Error('no answer in time');

function resultOf({ status, headers, ok }: Response, now: number): PostResult {
  if (ok) return { kind: 'sent' };
  const reason = `status ${status}`;
  if (status < 500 && !PASSING.has(status)) return { kind: 'refused', reason };
  return { kind: 'failed', reason, retryAfterMs: retryAfterMs(headers.get('retry-after') ?? '', now) };
}

/**
 * Reads a Retry-After header (RFC 9110 section 10.2.3): seconds, or a date.
 * @param now milliseconds since the Unix epoch.
 * @returns milliseconds from 0 to two minutes; 0 for what is neither.
 */
export function retryAfterMs(text: string, now: number): number {
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : 0;
}

/** Whatever fetch fails with is a fault of the network or of the receiver, or our signal's. */
function failureOf(error: unknown): PostResult {
  return { kind: 'failed', reason: error === TIMED_OUT ? TIMED_OUT.message : codeOf(error), retryAfterMs: 0 };
}

/** The system's or TLS's code (`ECONNREFUSED`): fetch's messages say less, and some quote the URL. */
function codeOf(error: unknown): string {
  const code = (error as { cause?: { code?: unknown } }).cause?.code;
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : 'the request failed';
}

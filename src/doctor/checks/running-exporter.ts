import { isIP } from 'node:net';
import type { ExporterConfig } from '../../config/load-config.js';
import { visibleText } from '../../text/visible-text.js';
import { type Result, resultsOf } from '../result.js';

/** What the running exporter says of itself. */
export async function exporterResult({ http: { host, port } }: ExporterConfig): Promise<Result> {
  const { good, note, mend } = resultsOf('exporter');
  if (port === null)
    return note('HTTP_PORT is not set', 'A running exporter cannot be asked how it is.', {
      where: 'settings',
      text: 'HTTP_PORT=9465',
    });
  const place = isIP(host) === 6 ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${place}:${port}/readyz`, {
      signal: AbortSignal.timeout(3_000),
      redirect: 'error',
    });
    const said = visibleText(await beginningOf(response), 1_000);
    if (response.ok) return good('the running exporter is ready');
    return mend(`the running exporter is not ready: ${said}`, 'It does not count everything.', {
      where: 'here',
      text: 'systemctl restart asterisk-auth-stats',
    });
  } catch {
    // fetch throws for whatever keeps an answer away.
    return note(`no exporter answers on port ${port}`, 'Right if it was not started yet.', {
      where: 'here',
      text: 'systemctl enable --now asterisk-auth-stats',
    });
  }
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return Buffer.from(value ?? [])
    .toString('utf8', 0, 2_000)
    .trim();
}

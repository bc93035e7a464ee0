import type { Log } from '../domain/log.js';
import type { SourceState } from '../domain/source.js';

/** A failure that stays the same is said again after this time, so that a log that was rotated still shows it. */
const REPEAT_MS = 600_000;

/**
 * Writes a source's changes of state for the operator: each gap once, not each of the tries to end it.
 * @param clock milliseconds.
 */
export function sourceLog(log: Log, clock: () => number): (state: SourceState) => void {
  let lostAt: number | null = clock();
  let wasConnected = false;
  let said = { reason: '', at: Number.NEGATIVE_INFINITY };
  const gapSeconds = () => (lostAt === null ? 0 : Math.round((clock() - lostAt) / 100) / 10);

  const onDisconnected = (reason: string, retryMs: number) => {
    const isNew = lostAt === null || reason !== said.reason || clock() - said.at >= REPEAT_MS;
    const isGap = lostAt === null;
    lostAt ??= clock();
    if (!isNew) {
      log.debug({ reason, retryMs }, 'still no connection to Asterisk');
      return;
    }
    said = { reason, at: clock() };
    if (isGap)
      log.warn({ reason, retryMs }, 'lost the connection to Asterisk: what it reports until it is back is missed');
    else log.warn({ reason, retryMs, downSeconds: gapSeconds() }, 'no connection to Asterisk; trying again for ever');
  };

  return (state) => {
    switch (state.state) {
      case 'connected':
        if (wasConnected) log.info({ gapSeconds: gapSeconds() }, 'connected to Asterisk again');
        else log.info({}, 'connected to Asterisk');
        wasConnected = true;
        lostAt = null;
        return;
      case 'disconnected':
        onDisconnected(state.reason, state.retryMs);
        return;
      case 'hearing':
        log.info({}, 'security events arrive');
        return;
      case 'partly-deaf':
        log.warn(
          { missing: state.missing, reason: state.reason },
          'partly deaf: connected to Asterisk, but not every type of security event arrives',
        );
        return;
      case 'deaf':
        log.warn({ reason: state.reason }, 'deaf: connected to Asterisk, but security events do not arrive');
        return;
      /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each state.
      default:
        state satisfies never;
    }
  };
}

import type { Log } from '../domain/log.js';
import type { SourceState } from '../domain/source.js';

/** A failure that stays the same is said again after this time, so that a log that was rotated still shows it. */
const REPEAT_MS = 600_000;

/** How a source's life is told. */
interface Phrases {
  readonly connected: string;
  readonly again: string;
  readonly lost: string;
  readonly none: string;
  readonly stillNone: string;
  readonly deaf: string;
}

const OF_ASTERISK: Phrases = {
  connected: 'connected to Asterisk',
  again: 'connected to Asterisk again',
  lost: 'lost the connection to Asterisk: what it reports until it is back is missed',
  none: 'no connection to Asterisk; trying again for ever',
  stillNone: 'still no connection to Asterisk',
  deaf: 'deaf: connected to Asterisk, but security events do not arrive',
};

function ofFile(path: string): Phrases {
  return {
    connected: `reading ${path}`,
    again: `reading ${path} again`,
    lost: `cannot read ${path} on: what is not there when it is back is missed`,
    none: `cannot read ${path}; trying again for ever`,
    stillNone: `still cannot read ${path}`,
    deaf: `deaf: reading ${path}, but security events do not arrive`,
  };
}

/**
 * Writes a source's changes of state for the operator: each gap once, not each of the tries to end it.
 * @param clock milliseconds.
 * @param file the log that is read; null for AMI.
 */
export function sourceLog(log: Log, clock: () => number, file: string | null): (state: SourceState) => void {
  const phrases = file === null ? OF_ASTERISK : ofFile(file);
  let lostAt: number | null = clock();
  let wasConnected = false;
  let said = { reason: '', at: Number.NEGATIVE_INFINITY };
  const gapSeconds = () => (lostAt === null ? 0 : Math.round((clock() - lostAt) / 100) / 10);

  const onDisconnected = (reason: string, retryMs: number) => {
    const isNew = lostAt === null || reason !== said.reason || clock() - said.at >= REPEAT_MS;
    const isGap = lostAt === null;
    lostAt ??= clock();
    if (!isNew) {
      log.debug({ reason, retryMs }, phrases.stillNone);
      return;
    }
    said = { reason, at: clock() };
    if (isGap) log.warn({ reason, retryMs }, phrases.lost);
    else log.warn({ reason, retryMs, downSeconds: gapSeconds() }, phrases.none);
  };

  return (state) => {
    switch (state.state) {
      case 'connected':
        if (wasConnected) log.info({ gapSeconds: gapSeconds() }, phrases.again);
        else log.info({}, phrases.connected);
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
        log.warn({ reason: state.reason }, phrases.deaf);
        return;
      /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each state.
      default:
        state satisfies never;
    }
  };
}

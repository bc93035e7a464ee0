import type { BlockerConfig } from '../config/blocker-config.js';
import { type BanTarget, readTarget, type TargetFields } from '../domain/ban-target.js';
import { Increments } from '../domain/increments.js';
import type { Log } from '../domain/log.js';
import type { Reading } from '../domain/reading.js';
import { repeat } from '../lifecycle/repeat.js';
import { groupId } from '../wire/server/group-id.js';
import { LineServer } from '../wire/server/line-server.js';
import { ControlServer } from './control-server.js';
import { DecisionServer } from './decision-server.js';
import { type OperatedEnforcer, operatorOf } from './operator.js';

/** How soon a socket is there again whose file somebody has removed. */
const CHECK_MS = 1_000;

export type SocketsConfig = {
  readonly decision: BlockerConfig['decision'];
  readonly control: BlockerConfig['control'];
  readonly blocker: Pick<BlockerConfig['blocker'], 'socketGroup'>;
};

export interface BlockerSockets {
  /** Of both sockets, since the last call. */
  readings(): readonly Reading[];
  /** Looks after the sockets' files until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Listens no more, and answers what was asked. */
  close(): Promise<void>;
}

/**
 * Opens the ears of the blocker: one for decisions, one for operators.
 * @throws SocketFileError, or an Error for a group that is unknown; they name the variable and the remedy.
 */
export async function listenAll(config: SocketsConfig, enforcer: OperatedEnforcer, log: Log): Promise<BlockerSockets> {
  const decisions = decisionServer(enforcer);
  const control = new ControlServer(operatorOf(enforcer, Date.now));
  const decisionLines = new LineServer({
    path: config.decision.socket,
    setting: 'DECISION_SOCKET',
    mode: 0o660,
    gid: gidOf(config.blocker.socketGroup),
    onLine: decisions.onLine,
    onOversize: decisions.onOversize,
    log,
  });
  const servers = [
    decisionLines,
    new LineServer({
      path: config.control.socket,
      setting: 'CONTROL_SOCKET',
      mode: 0o600,
      gid: null,
      onLine: control.onLine,
      onOversize: control.onOversize,
      log,
    }),
  ];
  const close = async () => void (await Promise.all(servers.map((server) => server.close())));
  try {
    for (const server of servers) await server.listen();
  } catch (error) {
    await close();
    throw error;
  }
  log.info({ decisions: config.decision.socket, control: config.control.socket }, 'listening');
  const increments = new Increments();
  return {
    readings: () => [
      { kind: 'gauge', name: 'blocker.decisions.connections', value: decisionLines.counts.connections },
      ...increments.take(countsOf(decisions, control, servers)),
    ],
    run: (signal) => repeat(() => Promise.all(servers.map((server) => server.check())), CHECK_MS, signal),
    close,
  };
}

/** @throws Error, which names the variable and the remedy. */
function gidOf(group: string | null): number | null {
  const gid = group === null ? null : groupId(group);
  if (group !== null && gid === null) {
    throw new Error(
      `BLOCKER_SOCKET_GROUP: there is no group ${group}; make it (groupadd --system ${group}) or name another`,
    );
  }
  return gid;
}

function decisionServer(enforcer: OperatedEnforcer): DecisionServer {
  return new DecisionServer({
    onBan: ({ seconds, reason, evidence: { pbx, attempts }, ...fields }) =>
      enforcer.ban({ target: targetOf(fields), seconds, origin: 'decision', reason, pbx, attempts }),
    onUnban: (fields) => enforcer.unban(targetOf(fields), 'decision'),
  });
}

/** Of a decision that was decoded. */
function targetOf({ address, port }: TargetFields): BanTarget {
  const target = readTarget(address, port);
  /* c8 ignore next */ // Never: the decoder lets nothing else through.
  if (typeof target === 'string') throw new Error('a decision without a target was decoded');
  return target;
}

function* countsOf(
  decisions: DecisionServer,
  control: ControlServer,
  servers: readonly LineServer[],
): Generator<[name: string, total: number]> {
  const { bans, unbans, faults } = decisions.counts;
  yield ['blocker.decisions.ban', bans];
  yield ['blocker.decisions.unban', unbans];
  for (const [fault, count] of faults) yield [`blocker.decisions.malformed.${fault}`, count];
  for (const [fault, count] of control.faults) yield [`blocker.control.malformed.${fault}`, count];
  for (const what of ['refused', 'unread', 'failed'] as const) {
    yield [`blocker.connections.${what}`, servers.reduce((sum, { counts }) => sum + counts[what], 0)];
  }
}

import { boolean, choice, line, port, socketPath, wholeNumber } from '../formats.js';
import { portList } from '../port-list.js';
import type { SettingTree } from '../setting.js';

const BLOCKER = ['blocker'] as const;

/** How bans get into the kernel: the sockets between the processes, and the blocker's own limits. */
export const blockingSettings = {
  decision: {
    socket: {
      env: 'DECISION_SOCKET',
      format: socketPath,
      default: null,
      // Beside CONTROL_SOCKET: where systemd makes a directory for a service of our name.
      defaultWith: (_given, reader) => (reader === 'blocker' ? '/run/asterisk-auth-stats/decisions.sock' : undefined),
      readBy: ['exporter', 'blocker', 'replay'],
      doc: 'Unix socket of the blocker for ban decisions; none: they are only logged',
    },
  },
  firewall: {
    env: 'FIREWALL',
    format: choice('dry-run', 'nftables', 'iptables'),
    default: 'dry-run',
    ambient: true,
    readBy: BLOCKER,
    doc: 'What the blocker bans with; dry-run: it only logs whom it would ban',
  },
  control: {
    socket: {
      env: 'CONTROL_SOCKET',
      format: socketPath,
      default: '/run/asterisk-auth-stats/control.sock',
      readBy: ['blocker', 'bans'],
      doc: 'Unix socket on which the blocker listens to the command bans',
    },
  },
  blocker: {
    ports: {
      env: 'BLOCKER_PORTS',
      format: portList,
      default: null,
      readBy: BLOCKER,
      doc: 'Ports that are closed to banned addresses; none: all of their traffic is dropped',
    },
    bansMax: {
      env: 'BLOCKER_BANS_MAX',
      format: wholeNumber(1, 1_000_000),
      default: 100_000,
      readBy: BLOCKER,
      doc: 'Bans at one time',
    },
    bansPerMinute: {
      env: 'BLOCKER_BANS_PER_MINUTE',
      format: wholeNumber(1, 1_000_000),
      default: 1000,
      readBy: BLOCKER,
      doc: 'New bans a minute, whoever asks for them',
    },
    verifySeconds: {
      env: 'BLOCKER_VERIFY_SECONDS',
      format: wholeNumber(1, 3600),
      unit: 'seconds',
      default: 5,
      readBy: BLOCKER,
      doc: 'Time between two looks at what the kernel really drops',
    },
    flushOnStop: {
      env: 'BLOCKER_FLUSH_ON_STOP',
      format: boolean,
      default: false,
      readBy: BLOCKER,
      doc: 'End all bans in the kernel when the blocker stops',
    },
    httpPort: {
      env: 'BLOCKER_HTTP_PORT',
      format: port,
      default: null,
      readBy: BLOCKER,
      doc: 'As HTTP_PORT, for the blocker, which can run on the same host; none: off',
    },
    socketGroup: {
      env: 'BLOCKER_SOCKET_GROUP',
      format: line(64),
      default: null,
      readBy: BLOCKER,
      doc: 'Group, name or number, that may send decisions to the blocker; none: its own',
    },
  },
} as const satisfies SettingTree;

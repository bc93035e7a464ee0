import { boolean, choice, line, socketPath, wholeNumber } from './formats.js';
import { portList } from './port-list.js';

/** What the blocker alone is told, beside what both processes are told. */
export const blockerSettings = {
  firewall: {
    env: 'FIREWALL',
    format: choice('dry-run', 'nftables', 'iptables'),
    default: 'dry-run',
    ambient: true,
    doc: 'What the blocker bans with; dry-run: it only says whom it would ban',
  },
  control: {
    socket: {
      env: 'CONTROL_SOCKET',
      format: socketPath,
      default: '/run/asterisk-auth-stats/control.sock',
      doc: 'Unix socket on which the blocker listens to the command bans',
    },
  },
  blocker: {
    ports: {
      env: 'BLOCKER_PORTS',
      format: portList,
      default: null,
      doc: 'Ports that are closed to whoever is banned; none: all of their traffic is dropped',
    },
    bansMax: {
      env: 'BLOCKER_BANS_MAX',
      format: wholeNumber(1, 1_000_000),
      default: '100000',
      doc: 'Bans at one time',
    },
    bansPerMinute: {
      env: 'BLOCKER_BANS_PER_MINUTE',
      format: wholeNumber(1, 1_000_000),
      default: '1000',
      doc: 'New bans a minute, whoever asks for them',
    },
    verifySeconds: {
      env: 'BLOCKER_VERIFY_SECONDS',
      format: wholeNumber(1, 3600),
      default: '5',
      doc: 'Time between two looks at what the kernel really drops',
    },
    flushOnStop: {
      env: 'BLOCKER_FLUSH_ON_STOP',
      format: boolean,
      default: 'false',
      doc: 'A stop of the blocker ends all bans in the kernel',
    },
    httpPort: {
      env: 'BLOCKER_HTTP_PORT',
      format: wholeNumber(1, 65_535),
      default: null,
      doc: 'As HTTP_PORT, for the blocker, which can run on the same host; none: they are off',
    },
    socketGroup: {
      env: 'BLOCKER_SOCKET_GROUP',
      format: line(64),
      default: null,
      doc: 'Group, name or number, that may hand decisions to the blocker; none: its own',
    },
  },
} as const;

import { addressList } from '../address-list.js';
import { choice, host, line, path, port, wholeNumber } from '../formats.js';
import type { SettingTree } from '../setting.js';

const EXPORTER = ['exporter'] as const;
const DAEMONS = ['exporter', 'blocker'] as const;
const ALL_BUT_BANS = ['exporter', 'blocker', 'replay'] as const;

/** What a process is told about itself and its surroundings. */
export const processSettings = {
  http: {
    host: {
      env: 'HTTP_HOST',
      format: host,
      default: '127.0.0.1',
      ambient: true,
      readBy: DAEMONS,
      doc: 'Where /healthz, /readyz and /metrics listen',
    },
    port: {
      env: 'HTTP_PORT',
      format: port,
      default: null,
      ambient: true,
      readBy: EXPORTER,
      doc: 'Their port; none: off',
    },
  },
  logLevel: {
    env: 'LOG_LEVEL',
    format: choice('debug', 'info', 'warn', 'error', 'silent'),
    default: 'info',
    ambient: true,
    readBy: DAEMONS,
    doc: 'Lowest level that is logged',
  },
  allowlist: {
    env: 'ALLOWLIST',
    format: addressList,
    default: [],
    readBy: ALL_BUT_BANS,
    doc: 'Who is never banned, beside this host, AMI_HOST, STATSD_HOST and loopback',
  },
  pbxName: {
    env: 'PBX_NAME',
    format: line(128),
    default: null,
    readBy: ALL_BUT_BANS,
    doc: 'Name of the PBX; none: its systemname, else AMI_HOST; with a log that of this host',
  },
  stateDir: {
    env: 'STATE_DIR',
    format: path,
    default: null,
    ambient: true,
    readBy: [...DAEMONS, 'trust'],
    doc: 'Directory for what must outlive a restart; none: nothing does',
  },
  stopSeconds: {
    env: 'STOP_SECONDS',
    format: wholeNumber(1, 3600),
    unit: 'seconds',
    default: 10,
    readBy: DAEMONS,
    doc: 'Grace time of a stop',
  },
  configFile: {
    env: 'CONFIG_FILE',
    format: path,
    default: null,
    readBy: ['exporter', 'blocker', 'replay', 'bans', 'trust'],
    doc: 'YAML or JSON file (at most 64 KB) with settings; variables win over it',
  },
} as const satisfies SettingTree;

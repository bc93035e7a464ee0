export const REPLAY_USAGE =
  'asterisk-auth-stats replay FILE... [--json] [--top N] [--explain ADDRESS] [--ban | --ban-all] [--source ami|security-log|messages-log]';

import { renderHelp } from '../config/render.js';
import { DOCTOR_USAGE } from '../doctor/usage.js';
import { BANS_USAGE, TRUST_USAGE } from '../operator/usage.js';
import { REPLAY_USAGE } from '../replay/usage.js';
import type { Command } from './command.js';

const USAGE = `asterisk-auth-stats: Asterisk's failed logins as StatsD meters

Usage: asterisk-auth-stats [command]

  run           read Asterisk and send meters, until SIGINT or SIGTERM (the default)
  demo          show it at work on a simulated PBX; also what runs when nothing is configured
  simulate      be that PBX alone: it listens on AMI_HOST and AMI_PORT, and takes the login that is configured
  replay        read logs or AMI recordings and report what would have been found, and banned:
                ${REPLAY_USAGE}
  blocker       the other process: have the kernel ban whom the exporter has decided to ban
  bans          see whom the blocker keeps out and have it keep out others; bans --help tells more:
                ${BANS_USAGE}
  trust         tell the exporter where an account lives, and end its bans there; trust --help tells more:
                ${TRUST_USAGE}
  doctor        say what is wrong with the set-up and how to mend it; 1 if something is; doctor --help tells more:
                ${DOCTOR_USAGE}
  check-config  print the effective settings and where each comes from; 78 if something is wrong;
                check-config blocker: those of the blocker
  help          this text (also --help)
  version       the version (also --version)

Settings are environment variables:
`;

export const help: Command = ({ console }) => {
  console.log(`${USAGE}\n${renderHelp()}`);
  return 0;
};

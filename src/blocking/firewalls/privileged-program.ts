import { FirewallError } from '../firewall.js';
import type { Program } from './program.js';

/** What iptables 1.8, ipset 7 and the kernel say. The rule's match looks its set up over a raw socket: that is the last one. */
const FORBIDDEN = /not permitted|permission denied|must be root|can't open socket to ipset/i;

const REMEDY =
  'iptables needs the ambient capability CAP_NET_RAW besides CAP_NET_ADMIN (a container: NET_RAW and NET_ADMIN), ' +
  'and iptables-legacy takes root alone.';

/** A program of iptables' or ipset's that says what to do where it may not. */
export function privilegedProgram(program: Program): Program {
  return {
    run: async (args, input) => {
      try {
        return await program.run(args, input);
      } catch (error) {
        throw isForbidden(error) ? new FirewallError('not_permitted', explained(error), error) : error;
      }
    },
  };
}

function explained({ message }: FirewallError): string {
  return `${message.replace(/\.?\s*$/, '.')} ${REMEDY}`;
}

function isForbidden(error: unknown): error is FirewallError {
  if (!(error instanceof FirewallError)) return false;
  return error.fault === 'not_permitted' || (error.fault === 'rejected' && FORBIDDEN.test(error.message));
}

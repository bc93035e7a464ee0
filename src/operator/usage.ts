export const BANS_USAGE = 'asterisk-auth-stats bans list|add|remove|flush|test|status [ADDRESS...] [--json]';

export const BANS_HELP = `asterisk-auth-stats bans: whom the blocker keeps out, and having it keep out others

  bans list [--json]                 every ban, the newest first
  bans add ADDRESS... [--for TIME] [--reason TEXT] [--json]
                                     ban for 90 (seconds), 30m, 1h, 7d or 2w; for 1h without --for
  bans remove ADDRESS... [--json]    end exactly these bans; with an address those of its sockets, too
  bans flush --yes [--json]          end all of them
  bans test ADDRESS... [--json]      would it be banned, and if not, why; is it banned
  bans status [--json]               the firewall, how many bans it should have and has, the limits

An ADDRESS is 203.0.113.9 or 2001:db8::1; a prefix, 203.0.113.0/24; or a single socket, 203.0.113.9:5062 or
[2001:db8::1]:5062, so that one phone behind an address falls silent and the others do not. - reads one a line from
standard input, at most 100,000 of them, without blank lines and what follows a #.

Nobody on the allowlist can be banned. The blocker is found at CONTROL_SOCKET.
Exit codes: 0 all done; 1 some refused, not banned, not understood or not saved; 64 wrong usage; 69 no blocker there;
77 not permitted; 78 the configuration is wrong.
`;

export const TRUST_USAGE = 'asterisk-auth-stats trust ACCOUNT@ADDRESS... [--remove] | --list [--json]';

export const TRUST_HELP = `asterisk-auth-stats trust: say where an account lives

  trust ACCOUNT@ADDRESS...           the account is at home there from now on, and what the exporter has
                                     banned there is banned no more
  trust --remove ACCOUNT@ADDRESS...  it is at home there no more, until it logs in there again
  trust --list [--json]              what was said so far

An ADDRESS is 203.0.113.9 or 2001:db8::1, which stands for its /64. The last @ is the one before the address.

The word is left in STATE_DIR, where the exporter looks each second.
Exit codes: 0 all done; 64 wrong usage; 73 it cannot be written; 77 not permitted; 78 the configuration is wrong.
`;

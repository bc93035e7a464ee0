export const BANS_USAGE = 'asterisk-auth-stats bans list|add|remove|flush|test|status [ADDRESS...] [--json]';

export const BANS_HELP = `asterisk-auth-stats bans: whom the blocker keeps out, and having it keep out others

  bans list [--json]                 every ban, the newest first
  bans add ADDRESS... [--for TIME] [--reason TEXT] [--json]
                                     ban for 90 (seconds), 30m, 1h, 7d or 2w; for 1h without --for
  bans remove ADDRESS... [--json]    end exactly these bans
  bans flush --yes [--json]          end all of them
  bans test ADDRESS... [--json]      would it be banned, and if not, why; is it banned
  bans status [--json]               the firewall, how many bans it should have and has, the limits

An ADDRESS is 203.0.113.9, 2001:db8::1 or a prefix, 203.0.113.0/24; - reads one a line from standard input, at most
100,000 of them, without blank lines and what follows a #.

Nobody on the allowlist can be banned. The blocker is found at CONTROL_SOCKET.
Exit codes: 0 all done; 1 some refused, not banned or not understood; 64 wrong usage; 69 no blocker there;
77 not permitted; 78 the configuration is wrong.
`;

export const DOCTOR_USAGE = 'asterisk-auth-stats doctor [--json] [--logs DIRECTORY]';

export const DOCTOR_HELP = `asterisk-auth-stats doctor: what is wrong with the set-up, and how to mend it

  --json            the same for programs
  --logs DIRECTORY  where Asterisk's logs are, if they can be read here: they alone say why a login was refused;
                    /var/log/asterisk without it

It connects with the settings of the exporter, asks AMI for nothing that its user may not do, and changes nothing. With
AMI_PROBE=true it fails to log in once, on purpose. Run it on the host of the exporter, as its user or as root.
Exit codes: 0 nothing to mend; 1 something to mend; 64 wrong usage; 78 the configuration is wrong.
`;

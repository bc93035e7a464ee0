import type { Checked } from './checked-settings.js';
import type { GivenSettings } from './given-settings.js';

/**
 * What is wrong with settings that can each be read: something is missing, or two do not go together.
 * @param isWhole false where settings may be missing because a file could not be read
 */
export function settingFaults(given: GivenSettings, values: Checked, isWhole: boolean): string[] {
  const absent = isWhole ? [...missing(given, values), ...unsentSignature(given)] : [];
  return [...absent, ...contradictions(given, values)];
}

function missing(given: GivenSettings, { source }: Checked): string[] {
  if (source === undefined) return [];
  return source === 'ami' ? missingForAmi(given) : missingForLog(given, source);
}

function missingForAmi(given: GivenSettings): string[] {
  const faults: string[] = [];
  if (!given.has('AMI_HOST')) faults.push('AMI_HOST is missing: set it to the address or name of the Asterisk host');
  if (!given.has('AMI_USERNAME')) faults.push('AMI_USERNAME is missing: set it to a section of manager.conf');
  if (!given.has('AMI_SECRET') && !given.has('AMI_SECRET_FILE')) {
    faults.push('AMI_SECRET is missing: set it to the secret of that section, or AMI_SECRET_FILE to a file with it');
  }
  return faults;
}

function missingForLog(given: GivenSettings, source: string): string[] {
  if (given.has('LOG_FILE')) return [];
  const example = source === 'security-log' ? '/var/log/asterisk/security' : '/var/log/asterisk/messages';
  return [`LOG_FILE is missing: SOURCE=${source} needs the path of that log, such as ${example}`];
}

/** Values that are fine alone and not together. */
function contradictions(given: GivenSettings, { source, ami, statsd, addresses, ban, breach }: Checked): string[] {
  const faults = [...secondSource(given, source), ...refusedMeters(statsd)];
  if (ami.tls === false) {
    const tlsOnly = ['AMI_TLS_CA_FILE', 'AMI_TLS_SERVER_NAME', 'AMI_TLS_VERIFY'].filter((name) => given.has(name));
    faults.push(...tlsOnly.map((name) => `${name} is set without TLS: set AMI_TLS=true or remove ${name}`));
  }
  faults.push(
    ...disorder(['BAN_SECONDS', ban.seconds], ['BAN_SECONDS_MAX', ban.secondsMax]),
    ...disorder(['BREACH_FAILURES', breach.failures], ['BREACH_WARNING', breach.warning]),
    ...disorder(['BREACH_WARNING', breach.warning], ['BREACH_CRITICAL', breach.critical]),
  );
  const { perFlush, remembered } = addresses;
  if (perFlush !== undefined && remembered !== undefined && remembered < 2 * perFlush) {
    faults.push(
      `ADDRESSES_REMEMBERED is ${remembered}; it must be at least twice ADDRESSES_PER_FLUSH, which is ${perFlush}: change one of them`,
    );
  }
  return faults;
}

type Named = readonly [name: string, value: number | undefined];

function disorder([lowName, low]: Named, [highName, high]: Named): string[] {
  if (low === undefined || high === undefined || low <= high) return [];
  return [`${lowName} is ${low}, more than ${highName}, which is ${high}: change one of them`];
}

/** The receivers that these dialects are for refuse the type m, and would drop what this program is there for. */
function refusedMeters({ dialect, meterType }: Checked['statsd']): string[] {
  if (meterType !== 'm' || dialect === undefined || dialect === 'graphite' || dialect === 'graphite-tags') return [];
  return [
    `STATSD_METER_TYPE is m, which the receivers of STATSD_DIALECT=${dialect} refuse: set STATSD_METER_TYPE=c, or STATSD_DIALECT=graphite or graphite-tags`,
  ];
}

/** Nobody should believe that something is signed where nothing is sent. */
function unsentSignature(given: GivenSettings): string[] {
  if (given.has('ALERT_WEBHOOK_URL') || given.has('ALERT_WEBHOOK_URL_FILE')) return [];
  return ['ALERT_WEBHOOK_SECRET', 'ALERT_WEBHOOK_SECRET_FILE']
    .filter((name) => given.has(name) && given.get(name)?.origin !== 'ALERT_WEBHOOK_SECRET_FILE')
    .map((name) => `${name} is set without a webhook: set ALERT_WEBHOOK_URL or remove ${name}`);
}

/** Two sources would tell of the same failures, and each would count twice. */
function secondSource(given: GivenSettings, source: Checked['source']): string[] {
  if (source === undefined) return [];
  const [others, remedy] =
    source === 'ami'
      ? [
          ['LOG_FILE', 'LOG_SILENCE_SECONDS'],
          'remove it, or set SOURCE=security-log or messages-log instead of AMI_HOST',
        ]
      : [['AMI_HOST'], 'remove the AMI_ variables, or set SOURCE=ami and remove LOG_FILE'];
  return others
    .filter((name) => given.has(name))
    .map(
      (name) =>
        `${name} is set beside SOURCE=${source}: a PBX is read through one source, or its failures count twice; ${remedy}`,
    );
}

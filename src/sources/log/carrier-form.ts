import { withoutColours } from './colours.js';

/** What a program that carried Asterisk's lines wrote in front of one. */
export interface Carried {
  /** How many letters of the line that is. */
  readonly length: number;
  /** The program that sent the line, where a syslog names it; null where only a container is named, or nothing. */
  readonly ident: string | null;
}

/** No prefix is longer: a host's name has 255 bytes at most, structured data may be long. */
export const CARRIER_BYTES_MAX = 1_024;

const LEVEL_WORD = 'NOTICE|WARNING|ERROR|SECURITY|VERBOSE|DEBUG|DTMF|FAX|TRACE|EVENT';
/** `[Nov 21 01:44:33] NOTICE[1]`, in any `dateformat` of logger.conf, or the line of Asterisk's start. */
const ASTERISK = new RegExp(
  String.raw`^(?:\[(?!pod/)[^\]"]{0,64}\] ?)?(?:(?:${LEVEL_WORD}) ?[[(]\d{1,10}[\])]|(?:${LEVEL_WORD})[:]? |Asterisk \S{1,128} built by )`,
);

const CLOCK = String.raw`\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?`;
/** A month's name in any language: its bytes may be anything but what else stands in a header. */
const NAME = String.raw`[^\s\d:"'<>|[\]=]{2,16}`;
const MONTH = String.raw`(?:${NAME}|\d{1,2}[\u0080-\u00ff]{2,6})`;
const ZONE = String.raw`(?:Z| ?[+-]\d\d:?\d\d)`;
const TIMES = [
  // RFC 3164, syslog-ng, busybox, journalctl -o short; ctime's, of OpenWrt's logread, with the year at its end.
  String.raw`(?:${NAME} )?${MONTH} {1,2}\d{1,2},?(?: \d{4})? ${CLOCK}(?: [A-Z]{3,4})?(?: \d{4})?`,
  String.raw`\d{1,2}\.? ${MONTH} ${CLOCK}`,
  // RFC 3339 and its like; with the day of the week and a zone, journalctl -o short-full and with-unit.
  String.raw`(?:${NAME} )?\d{4}-\d\d-\d\d[T ]${CLOCK}${ZONE}?(?: [A-Z]{3,5})?`,
  // Seconds since the epoch, or since the start of the machine.
  String.raw`\d{9,11}(?:\.\d{1,9})?`,
  String.raw`\[ {0,12}\d{1,12}\.\d{1,9}(?: <[ \d.]{1,24}>)?\]`,
].join('|');
const TIME = `(?:${TIMES})`;
const WORD = String.raw`(?!(?:${LEVEL_WORD})\b)[^\s"'|[\]<>]{1,255}`;
const PAINT = String.raw`\x1b\[[\d;]{0,16}m`;
const PRIORITY = String.raw`(?:\d{1,6} (?=<))?<\d{1,3}>`;
const STRUCTURED = String.raw`(?:-|(?:\[[^\]\\]{0,512}(?:\\.[^\]\\]{0,512}){0,32}\]){1,8})`;

/** Each is tried at the beginning of what the one before has left, so that they can stand in any order. */
const FORMS: readonly RegExp[] = [
  // docker compose logs: the service's name, padded, in a colour of its own.
  new RegExp(String.raw`^(?:${PAINT})?[\w.-]{1,128}(?:${PAINT})? {1,64}\|(?:${PAINT})? (?:${PAINT})?`),
  // kubectl logs --prefix.
  /^\[pod\/[\w./-]{1,300}\] /,
  // The Kubernetes CRI: time, stream, and whether the line is whole.
  new RegExp(String.raw`^\d{4}-\d\d-\d\dT${CLOCK}${ZONE} (?:stdout|stderr) [FP](?::[^ ]{1,32})? `),
  // RFC 5424: version, time, host, program, process, message's name, structured data.
  new RegExp(
    String.raw`^(?:${PRIORITY})?1 (?:${TIME}|-) \S{1,255} (?<ident>[^\s"']{1,128}) \S{1,128} \S{1,128} ${STRUCTURED} ?(?:\u00ef\u00bb\u00bf)?`,
  ),
  // Syslogs and journalctl: time, host, facility, program. The busybox kind has no host.
  new RegExp(String.raw`^(?:${PRIORITY})?(?:${TIME} )(?:${WORD} ){0,2}?(?<ident>${WORD}?)(?:\[\d{1,10}\])?: {0,2}`),
  new RegExp(String.raw`^(?:${PRIORITY})?(?<ident>(?!Asterisk |Ext\.)[\w./@-]{1,128})(?:\[\d{1,10}\])?: {1,2}`),
  // docker logs -t, kubectl logs --timestamps.
  new RegExp(String.raw`^(?:${PRIORITY})?${TIME} (?=\S)`),
];
const FORMS_MAX = 4;

/** Whether a text begins as a line of Asterisk's own, its colours apart. */
export function isAsterisks(text: string): boolean {
  return ASTERISK.test(withoutColours(text.slice(0, CARRIER_BYTES_MAX)));
}

/**
 * Reads what stands in front of Asterisk's own line.
 * @param text one letter for each byte.
 * @returns null if nothing that is known does.
 */
export function readCarried(text: string): Carried | null {
  let at = 0;
  let ident: string | null = null;
  for (let forms = 0; forms < FORMS_MAX; forms++) {
    const rest = text.slice(at, at + CARRIER_BYTES_MAX);
    if (isAsterisks(rest)) break;
    const found = carrierAt(rest);
    if (found === null) break;
    at += found.length;
    ident = found.ident ?? ident;
  }
  return at === 0 ? null : { length: at, ident };
}

function carrierAt(text: string): Carried | null {
  for (const form of FORMS) {
    const found = form.exec(text);
    if (found !== null) return { length: found[0].length, ident: found.groups?.['ident'] ?? null };
  }
  return null;
}

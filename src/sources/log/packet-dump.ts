import { type HostPort, parseHostPort } from '../host-port.js';

/** Without a length, a packet's: the longest that UDP carries. */
const PACKET_BYTES_MAX = 65_535;

export interface PacketDump {
  /** How much of the log after this line is a client's packet, as it came, with the line feed that Asterisk adds. */
  readonly bytes: number;
  readonly sender: HostPort | null;
}

const RECEIVED =
  /^<--- (?:SIP read from |Received SIP (?:request|response) \((?<bytes>\d{1,6}) bytes\) from )(?:(?<transport>UDP|TCP|TLS|WSS?):)?(?<host>\S{1,90}) --->$/;

/**
 * Reads the line before a packet that `sip set debug on` (channels/chan_sip.c) or `pjsip set logger on`
 * (res/res_pjsip_logger.c) writes into the log: any line can be in a packet.
 */
export function readPacketDump(message: string): PacketDump | null {
  const groups = RECEIVED.exec(message)?.groups;
  if (groups === undefined) return null;
  const sender = parseHostPort(String(groups['host']), groups['transport'] ?? null, false);
  return { bytes: groups['bytes'] === undefined ? PACKET_BYTES_MAX : Number(groups['bytes']) + 1, sender };
}

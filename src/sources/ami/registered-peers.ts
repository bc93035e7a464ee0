import type { Address } from '../../domain/remote-address.js';
import { detached } from '../../text/detached.js';
import { parseHostPort } from '../host-port.js';

interface RegisteredPeer {
  /** Of sip.conf, in lower case: chan_sip finds a peer whichever case a client writes. */
  readonly name: string;
  readonly address: Address;
  /** Where its block begins, from the beginning of the connection. */
  readonly at: number;
}

/** A thread of chan_sip's raises both events in one go, but several threads may write at a time. */
const PEERS_MAX = 4;
/** How far the login may be behind its registration, in bytes: some ten events. */
const REACH_BYTES = 4_096;

const PEER_STATUS = 'Event: PeerStatus\r\n';
/** The whole block, as `peerstatus_to_ami` in Asterisk's main/stasis_endpoints.c has it from chan_sip. */
const REGISTERED =
  /^Event: PeerStatus\r\nPrivilege: system,all\r\n(?:Timestamp: [\d.]{1,32}\r\n)?(?:SequenceNumber: \d{1,10}\r\nFile: [^\r\n]{1,64}\r\nLine: \d{1,6}\r\nFunc: \w{1,64}\r\n)?(?:SystemName: [^\r\n]{1,255}\r\n)?ChannelType: SIP\r\nPeer: SIP\/(?<name>[^\r\n]{1,255})\r\nPeerStatus: Registered\r\nAddress: (?<address>[^\r\n]{1,100})$/;

/**
 * The peers of chan_sip that have just registered. chan_sip says SuccessfulAuth also to a REGISTER without a password that
 * asks for no time and comes twice; only for a true registration does it say before that the peer is registered, and where.
 *
 * That block is short enough for a client to write it into a user name. But what is left of the name's own event comes
 * between it and the login, and so a registration is forgotten when anything else than an event is read.
 */
export class RegisteredPeers {
  readonly #peers: RegisteredPeer[] = [];

  /** Reads a whole block, without its end, that is no security event. */
  read(block: string, at: number): void {
    const { name, address } = (block.startsWith(PEER_STATUS) ? REGISTERED.exec(block)?.groups : null) ?? {};
    const remote = address === undefined ? null : parseHostPort(address, null, true);
    if (name === undefined || remote === null) {
      this.clear();
      return;
    }
    if (this.#peers.length === PEERS_MAX) this.#peers.shift();
    this.#peers.push({
      name: detached(name.toLowerCase()),
      address: detached(remote.endpoint.address) as Address,
      at,
    });
  }

  /**
   * Whether the login is that of a registration. Each counts for one.
   * @param at where the login's block begins, from the beginning of the connection.
   */
  take(account: string | null, address: Address, at: number): boolean {
    if (this.#peers.length === 0 || account === null) return false;
    const name = account.toLowerCase();
    const found = this.#peers.findIndex(
      (peer) => peer.name === name && peer.address === address && at - peer.at <= REACH_BYTES,
    );
    if (found >= 0) this.#peers.splice(found, 1);
    return found >= 0;
  }

  clear(): void {
    this.#peers.length = 0;
  }
}

/**
 * How many bytes one message of Asterisk's has at most, its prefix included: glibc's BUFSIZ (`ast_str_set_va` in
 * main/logger.c). What is longer is cut, and loses its line end.
 */
export const MESSAGE_BYTES_MAX = 8192;

/** BUFSIZ of musl and the BSDs: the shortest message that can have been cut. */
export const CUT_MESSAGE_BYTES_MIN = 1023;

/**
 * How many bytes an account has at most into which a client can write a line feed, by service. Only where Asterisk
 * decodes `%0a`, in the user of an URI, can a client write one at all: a raw one ends a header, and nothing decodes
 * a Call-ID or a digest (recordings *-callid-lf, *-callid-crlf-esc, *-inject-nonce).
 *
 * - PJSIP: the From user of InvalidAccountID, `name[AST_UUID_STR_LEN]` in res_pjsip/pjsip_distributor.c
 *   (recordings pjsip-inject-event, pjsip-inject-logline).
 * - SIP: the To header of a REGISTER, `tmp[256]` in channels/chan_sip.c (measured on 16.28.0: of longer ones nothing
 *   is left; an INVITE's account has 255 bytes too, and nothing in it is decoded).
 * - AMI: over its own port none (recordings ami-name-lf, ami-name-cr). Over HTTP (`webenabled = yes` in
 *   manager.conf) any client can write whole lines, and no reader of the log can tell.
 *
 */
const LINE_FEED_ACCOUNT_BYTES_MAX: ReadonlyMap<string, number> = new Map([
  ['PJSIP', 36],
  ['SIP', 255],
  ['AMI', 0],
]);

/** The greatest of them. */
export const FORGEABLE_BYTES = Math.max(...LINE_FEED_ACCOUNT_BYTES_MAX.values());

/** How many bytes of its account a client can write a line feed into; of a module that is not Asterisk's own, the greatest. */
export function forgeableBytesOf(service: string): number {
  return LINE_FEED_ACCOUNT_BYTES_MAX.get(service) ?? FORGEABLE_BYTES;
}

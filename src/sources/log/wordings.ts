import { CHAN_SIP_LOGIN, CHAN_SIP_WORDINGS } from './chan-sip-wordings.js';
import { DIALPLAN_WORDINGS } from './dialplan-wordings.js';
import { IAX2_LOGIN, IAX2_WORDINGS } from './iax2-wordings.js';
import type { LogPrefix } from './log-prefix.js';
import { MANAGER_CAUSES, MANAGER_FAILED } from './manager-wordings.js';
import { PJSIP_WORDINGS } from './pjsip-wordings.js';
import type { Wording } from './wording.js';

const MANAGER_WORDINGS = [...MANAGER_CAUSES, MANAGER_FAILED];
const WORDINGS: ReadonlyMap<string, readonly Wording[]> = new Map([
  ['chan_sip.c', CHAN_SIP_WORDINGS],
  ['pjsip_distributor.c', PJSIP_WORDINGS],
  ['res_pjsip_session.c', PJSIP_WORDINGS],
  ['res_pjsip_registrar.c', PJSIP_WORDINGS],
  ['res_pjsip_acl.c', PJSIP_WORDINGS],
  ['chan_iax2.c', IAX2_WORDINGS],
  ['manager.c', MANAGER_WORDINGS],
  ['Ext.', DIALPLAN_WORDINGS],
  // A dateformat or a syslog that leaves the file out.
  ['', [...CHAN_SIP_WORDINGS, ...PJSIP_WORDINGS, ...IAX2_WORDINGS, ...MANAGER_WORDINGS]],
]);
/**
 * VERBOSE lines repeat what clients send (of PJSIP's `Added contact`, even the address is the Contact's, and so the phone's word), and so registrations alone are read in them, of the files that write it: before 1.8
 * logger.c is named for all.
 */
const VERBOSE_WORDINGS: ReadonlyMap<string, readonly Wording[]> = new Map([
  ['chan_sip.c', [CHAN_SIP_LOGIN]],
  ['chan_iax2.c', [IAX2_LOGIN]],
  ['logger.c', [CHAN_SIP_LOGIN, IAX2_LOGIN]],
]);
/** DEBUG lines repeat what clients send, too. */
const LEVELS: ReadonlySet<string> = new Set(['NOTICE', 'WARNING', 'ERROR', 'SECURITY']);

/** What is read of a line with this prefix; undefined for a line that no failure and no login is in. */
export function wordingsOf({ level, file }: LogPrefix): readonly Wording[] | undefined {
  if (level === 'VERBOSE') return VERBOSE_WORDINGS.get(file);
  return LEVELS.has(level) ? WORDINGS.get(file) : undefined;
}

// Programs that nobody here wrote, scanners and phones, at a real Asterisk whose attackers the blocker really bans. By default the two
// commonest set-ups with a few programs; ZOO=full, or the names of set-ups with commas, plays everybody and writes docs/detection-zoo.md.
import t, { type Test } from 'tap';
import { ROOT } from '../root.js';
import { install } from './lab/place.js';
import { JSSIP_FOLDER } from './zoo/friends.js';
import { type Played, playZoo } from './zoo/play.js';
import { SET_UPS } from './zoo/set-ups.js';
import { tablesOf, writeTables } from './zoo/table.js';
import { makeZooNetwork } from './zoo/zoo-network.js';

const PAGE = `${ROOT}/docs/detection-zoo.md`;
const SHORT = ['22-default', '22-authuser'];
/** Whoever sends more packets than these is to be banned, and whoever sends many more is to be stopped by it. */
const FEW = 80;
const MANY = 120;

const asked = process.env['ZOO'] ?? '';
const isShort = asked === '';
const names = isShort ? SHORT : asked.split(',');
const setUps = SET_UPS.filter(({ name }) => asked === 'full' || names.includes(name));
const pace = isShort
  ? { seconds: 25, mendAfterSeconds: 8, attackSeconds: 30 }
  : { seconds: 100, mendAfterSeconds: 45, attackSeconds: 45 };

const probe = makeZooNetwork();
const skip = probe === null && 'this machine lets nobody make a network namespace';
probe?.remove();
if (probe !== null) {
  install('../zoo/install-programs.sh');
  if (!isShort) install('../zoo/install-jssip.sh', JSSIP_FOLDER);
  // The trunk's, whoever the PBX is.
  install('install-asterisk.sh', '22', `${ROOT}/.cache/e2e/asterisk-22`);
}

function judge(t: Test, { attackers, friends }: Played): void {
  for (const { name, sent, through, bans } of attackers) {
    if (sent > FEW) t.ok(bans.length > 0, `${name} is banned`);
    if (sent > MANY) t.ok(through < sent, `${name} is stopped: ${through} of ${sent}`);
  }
  for (const { name, lost, severity, password, isRegistered } of friends) {
    t.equal(lost, 0, `${name} loses nothing`);
    t.not(severity, 'critical', `nothing critical is told of ${name}`);
    if (isRegistered !== null)
      t.equal(isRegistered, password !== 'wrong', `${name} is registered with a right password`);
  }
}

for (const setUp of setUps) {
  await t.test(`${setUp.name}: attackers are banned and friends lose nothing`, { skip }, async (t) => {
    const played = await playZoo(setUp, { isShort, ...pace });
    if (played === null) throw new Error('there is no network namespace any more');
    t.comment(tablesOf(played));
    if (!isShort) writeTables(PAGE, played);
    judge(t, played);
  });
}

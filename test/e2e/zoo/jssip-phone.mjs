// jssip-phone.mjs FOLDER URL ACCOUNT USER PASSWORD: a phone of a browser, with the packages in FOLDER, that is reloaded each 20 s where it
// was refused.
import { createRequire } from 'node:module';

const [folder, url, account, user, password] = process.argv.slice(2);
const require = createRequire(`${folder}/package.json`);
const JsSIP = require('jssip');
const NodeWebSocket = require('jssip-node-websocket');
const RELOAD_MS = 20_000;

function load() {
  const phone = new JsSIP.UA({
    sockets: [new NodeWebSocket(url)],
    uri: `sip:${account}@${new URL(url).hostname}`,
    authorization_user: user,
    password,
    register_expires: 60,
    session_timers: false,
  });
  phone.on('registered', () => console.log('registered'));
  phone.on('registrationFailed', ({ cause }) => {
    console.log(cause);
    phone.stop();
    setTimeout(load, RELOAD_MS);
  });
  phone.start();
}

load();

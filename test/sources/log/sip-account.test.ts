import t from 'tap';
import { sipAccount } from '../../../src/sources/log/sip-account.js';

await t.test('the user part is found in every form of the header', async (t) => {
  const forms: [header: string, account: string | null][] = [
    ['"Ann" <sip:101@pbx>', '101'],
    ['"101"<sip:101@pbx:5060>;tag=as1', '101'],
    ['<sips:101@pbx;transport=tls>', '101'],
    ['101 <sip:102@pbx>', '102'],
    ['sip:101@pbx', '101'],
    ['"100"sip:101@pbx', '101'],
    ['"<sip:1@x>" <sip:101@pbx>', '101'],
    ['"a \\" <sip:1@x>" <SIP:101@pbx>', '101'],
    ['"open <sip:101@pbx>', '101'],
    ['"sip:101@pbx"', '101'],
    ['<sip:a%40b@pbx>', 'a%40b'],
    ['<sip:@pbx>', ''],
    ['<tel:+441234567;phone-context=x>', '+441234567'],
    ['tel:+441234567', '+441234567'],
    ['<sip:pbx>', null],
    ['<sip:', null],
    ['', null],
    ['Anonymous', null],
  ];
  for (const [header, account] of forms) t.equal(sipAccount(header), account, header);
});

await t.test('a password in the URI is no part of the account', async (t) => {
  t.equal(sipAccount('<sip:101:secret@pbx>'), '101');
});

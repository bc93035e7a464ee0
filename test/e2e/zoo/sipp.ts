import { writeFileSync } from 'node:fs';

/** A REGISTER of SIPp; the words in brackets are SIPp's. */
const register = (cseq: number, authentication: string) => `
  <send retrans="500"><![CDATA[
REGISTER sip:[remote_ip] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[remote_ip]>;tag=[pid]zoo[call_number]
To: <sip:[field0]@[remote_ip]>
Call-ID: [call_id]
CSeq: ${cseq} REGISTER
Contact: <sip:[field0]@[local_ip]:[local_port]>
${authentication}Expires: 600
Max-Forwards: 70
Content-Length: 0

]]></send>`;

const scenario = (steps: string) => `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="zoo">${steps}
</scenario>
`;

/** Asks for each account, and answers no challenge. */
const ENUMERATION = scenario(`${register(1, '')}
  <recv response="404" optional="true" next="1"/>
  <recv response="403" optional="true" next="1"/>
  <recv response="401"/>
  <label id="1"/>`);

/** Registers once, whatever becomes of it. */
const LOGIN = scenario(`${register(1, '')}
  <recv response="404" optional="true" next="1"/>
  <recv response="403" optional="true" next="1"/>
  <recv response="401" auth="true"/>${register(2, '[field1]\n')}
  <recv response="401" optional="true" next="1"/>
  <recv response="403" optional="true" next="1"/>
  <recv response="404" optional="true" next="1"/>
  <recv response="200"/>
  <label id="1"/>`);

/** One login of a list: with which user, in which account's name, with which password. */
export interface SippLogin {
  readonly account: string;
  readonly user: string;
  readonly password: string;
}

/**
 * Writes a list and a scenario for it into the folder.
 * @returns the command that plays it once, `rate` a second, from port 5060 of that address
 */
export function sippCommand(
  {
    folder,
    name,
    from,
    to,
  }: { readonly folder: string; readonly name: string; readonly from: string; readonly to: string },
  {
    logins,
    rate,
    isEnumeration,
  }: { readonly logins: readonly SippLogin[]; readonly rate: number; readonly isEnumeration: boolean },
): readonly string[] {
  const lines = logins.map(
    ({ account, user, password }) => `${account};[authentication username=${user} password=${password}]`,
  );
  writeFileSync(`${folder}/${name}.csv`, ['SEQUENTIAL', ...lines, ''].join('\n'));
  writeFileSync(`${folder}/${name}.xml`, isEnumeration ? ENUMERATION : LOGIN);
  const files = ['-sf', `${folder}/${name}.xml`, '-inf', `${folder}/${name}.csv`];
  const pace = ['-m', String(logins.length), '-r', String(rate), '-recv_timeout', '3000', '-timeout', '60'];
  return ['sipp', ...files, ...pace, '-i', from, '-p', '5060', '-nostdin', to];
}

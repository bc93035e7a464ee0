/** A way in which Asterisk's lines reach a file, and a line in it. */
export interface CarriedAs {
  readonly name: string;
  /** @param line with its LF. */
  readonly wrap: (line: string) => string;
  /** Whether each of Asterisk's lines is one line of the file. */
  readonly isOneLine: boolean;
}

/** A line with a date of its own, one of a security event, and one as a syslog gets it. */
export const GOOD_LINES: readonly string[] = [
  "[2026-11-21 01:44:33] NOTICE[12] chan_sip.c: Registration from '<sip:1@b>' failed for '203.0.113.9:5060' - Wrong password\n",
  '[Nov 21 01:44:33] SECURITY[31255] res_security_log.c: SecurityEvent="InvalidPassword",EventTV="2026-11-21T01:45:33.201+0000",Severity="Error",Service="PJSIP",EventVersion="2",AccountID="101",SessionID="8f-1",LocalAddress="IPV4/UDP/192.0.2.1/5060",RemoteAddress="IPV4/UDP/203.0.113.9/40000",Challenge="57"\n',
  "NOTICE[12]: chan_sip.c:1 in f: Registration from '<sip:1@b>' failed for '203.0.113.9:5060' - Wrong password\n",
];

function prefixed(name: string, prefix: string): CarriedAs {
  return { name, wrap: (line) => prefix + line, isOneLine: true };
}

function inJson(name: string, record: (text: string) => object, before = ''): CarriedAs {
  return { name, wrap: (line) => `${before}${JSON.stringify(record(line.slice(0, -1)))}\n`, isOneLine: true };
}

const ESC = '\u001b';
const ISO = '2026-11-21T01:44:33.123456789Z';
const EXPORT = '__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1795225473123456\nPRIORITY=5\nSYSLOG_IDENTIFIER=asterisk\n';

export const wrapIn: readonly CarriedAs[] = [
  prefixed('docker compose logs', 'asterisk_pbx-1     | '),
  prefixed('docker compose logs in colours', `${ESC}[36mpbx-1  |${ESC}[0m `),
  prefixed('docker compose logs -t', `pbx-1  | ${ISO} `),
  prefixed('docker logs -t', `${ISO} `),
  prefixed(
    'docker, syslog driver, a tag with slashes and colons',
    'Nov 21 01:44:33 node1 asterisk:22/pbx/3f2a1b9c0d1e[812]: ',
  ),
  prefixed('docker, syslog driver, an id', 'Nov 21 01:44:33 node1 3f2a1b9c0d1e[812]: '),
  prefixed('Kubernetes CRI', `${ISO} stdout F `),
  prefixed('Kubernetes CRI with an offset', '2026-11-21T01:44:33.1+01:00 stderr F '),
  prefixed('kubectl --prefix', '[pod/pbx-0/asterisk] '),
  prefixed('kubectl --prefix --timestamps', `[pod/pbx-7d9f-x/asterisk] ${ISO} `),
  prefixed('journalctl -o short', 'Nov 21 01:44:33 node1 pbx[3495]: '),
  prefixed('journalctl -o short-iso', '2026-11-21T01:44:33+0100 node1 safe_asterisk[12]: '),
  prefixed('journalctl -o short-iso-precise', '2026-11-21T01:44:33.123456+01:00 node1 freepbx[3495]: '),
  prefixed('journalctl -o short-precise', 'Nov 21 01:44:33.123456 node1 asterisk[3495]: '),
  prefixed('journalctl -o short-full', 'Sat 2026-11-21 01:44:33 UTC node1 asterisk[3495]: '),
  prefixed('journalctl -o with-unit', 'Sat 2026-11-21 01:44:33 CET node1 asterisk.service[3495]: '),
  prefixed('journalctl -o short-monotonic', '[ 1234.567890] node1 asterisk[3495]: '),
  prefixed('journalctl -o short-delta', '[ 1234.567890 <    0.000012 >] node1 asterisk[3495]: '),
  prefixed('journalctl -o short-unix', '1795225473.123456 node1 asterisk[3495]: '),
  prefixed('journalctl -o cat', ''),
  prefixed('rsyslog traditional', 'Nov  1 01:44:33 pbx.example.net asterisk: '),
  prefixed('rsyslog file format', '2026-11-21T01:44:33.376543+01:00 pbx asterisk[812]: '),
  prefixed('syslog-ng with its source', 'Nov 21 01:44:33 s_net@pbx asterisk[812]: '),
  prefixed('RFC 3164', '<165>Nov 21 01:44:33 pbx asterisk[812]: '),
  prefixed('RFC 5424 without data', '<165>1 2026-11-21T01:44:33.376Z pbx asterisk 812 - - '),
  prefixed('RFC 5424 with data', '<165>1 2026-11-21T01:44:33.376Z pbx asterisk 812 ID47 [a@1 x="1"][b@2 y="a\\]b"] '),
  prefixed('RFC 5424 with a BOM and counted', '231 <165>1 2026-11-21T01:44:33.376Z pbx asterisk 812 - - \ufeff'),
  prefixed('OpenWrt logread', 'Sat Nov 21 01:44:33 2026 daemon.info asterisk[2721]: '),
  prefixed('busybox syslogd', 'Nov 21 01:44:33 router local0.notice asterisk[2721]: '),
  prefixed('a German month', 'M\u00e4r 21 01:44:33 pbx asterisk[812]: '),
  prefixed('a French one', 'd\u00e9c. 21 01:44:33 pbx asterisk[812]: '),
  prefixed('a French one after the day', '21 nov. 01:44:33 pbx asterisk[812]: '),
  prefixed('a Russian one', '\u043d\u043e\u044f 21 01:44:33 pbx asterisk[812]: '),
  prefixed('a Japanese one', '11\u6708 21 01:44:33 pbx asterisk[812]: '),
  inJson('docker json-file', (text) => ({ log: `${text}\n`, stream: 'stdout', time: ISO })),
  inJson('journalctl -o json', (text) => ({
    __REALTIME_TIMESTAMP: '1795225473123456',
    MESSAGE: text,
    SYSLOG_IDENTIFIER: 'asterisk',
  })),
  inJson('journalctl -o json, in bytes', (text) => ({ MESSAGE: [...Buffer.from(text)], _COMM: 'asterisk' })),
  inJson('journalctl -o json-sse', (text) => ({ MESSAGE: text }), 'data: '),
  inJson('journalctl -o json-seq', (text) => ({ MESSAGE: text }), '\u001e'),
  inJson('fluent-bit', (text) => ({ '@timestamp': ISO, message: text, kubernetes: { pod_name: 'pbx-0' } })),
  inJson('a syslog in JSON', (text) => ({ msg: `Nov 21 01:44:33 pbx asterisk[812]: ${text}` })),
  { name: 'journalctl -o export', wrap: (line) => `${EXPORT}MESSAGE=${line}_PID=12\n\n`, isOneLine: false },
  {
    name: 'journalctl -o export, in bytes',
    wrap: (line) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(Buffer.byteLength(line) - 1));
      return `${EXPORT}MESSAGE\n${length.toString('latin1').replace(/[^\0-\x7f]/g, '')}${line}_PID=12\n\n`;
    },
    isOneLine: false,
  },
  {
    name: 'journalctl -o verbose',
    wrap: (line) =>
      `Sat 2026-11-21 01:44:33.123456 UTC [s=1;i=2;b=3]\n    PRIORITY=5\n    SYSLOG_IDENTIFIER=asterisk\n    MESSAGE=${line}`,
    isOneLine: false,
  },
];

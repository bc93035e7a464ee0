import type { ReportView } from '../../src/replay/report-view.js';
import { AT } from './observed.js';

/** A small report in which everything occurs. */
export const VIEW: ReportView = {
  refused: {
    good: {
      logins: 1_234,
      addresses: {
        top: [9, 8, 7, 6, 5, 4].map((host) => ({ address: `198.51.100.${host}`, logins: 100 * host })),
        total: 8,
        dropped: 1,
      },
    },
    guessed: { logins: 1, addresses: { top: [{ address: '203.0.113.9', logins: 1 }], total: 1, dropped: 0 } },
    unproven: { logins: 2, addresses: { top: [{ address: '203.0.113.9', logins: 2 }], total: 1, dropped: 0 } },
  },
  inputs: [
    { name: 'security.1', format: 'security-log', bytes: 12_345, fault: null },
    { name: 'a\nb.gz', format: null, bytes: 0, fault: 'unexpected end of file' },
  ],
  isInterrupted: false,
  totals: {
    events: 1_234,
    failed: 1_000,
    attempts: 900,
    outcomes: { unknown_account: 800, wrong_password: 99, denied: 1, unanswered: 0 },
    probes: 3,
    logins: 7,
    ignored: 2,
    malformed: { oversize: 1, key_order: 2_000 },
    backwards: 4,
    firstAt: AT,
    lastAt: AT + 90_061_000,
  },
  attackers: {
    top: [
      {
        address: '203.0.113.9',
        attempts: 800,
        probes: 3,
        accounts: { count: 1_000, isEstimate: true },
        services: ['PJSIP', 'SIP'],
        firstAt: AT,
        lastAt: AT + 1000,
        firstBan: { at: AT + 500, attempts: 5, reason: 'enumeration', seconds: 600, target: '203.0.113.9/32' },
        spared: null,
        bans: 1,
        keptOut: 795,
      },
      {
        address: '2001:db8::1',
        attempts: 100,
        probes: 0,
        accounts: { count: 1, isEstimate: false },
        services: ['AMI'],
        firstAt: AT,
        lastAt: AT,
        firstBan: { at: AT, attempts: 60, reason: 'stale_credentials', seconds: 300, target: '[2001:db8::1]:5062' },
        spared: 'lived_in',
        bans: 0,
        keptOut: 0,
      },
    ],
    total: 5,
    dropped: 50,
  },
  accounts: {
    top: [
      {
        account: 'x\u001b[2J\u202e',
        service: 'PJSIP',
        attempts: 9,
        addresses: { count: 2, isEstimate: false },
        firstAt: AT,
        lastAt: AT,
      },
    ],
    total: 1,
    dropped: 0,
  },
  findings: {
    worst: [{ at: AT, severity: 'critical', rule: 'breach', title: 'somebody got in' }],
    total: 2,
    byRule: { breach: 1, enumeration: 1 },
  },
  decisions: {
    bans: 3,
    targets: 2,
    byReason: { enumeration: 3 },
    inForceAtEnd: 2,
    inForceNow: 1,
    keptOut: 795,
    forgotten: 6,
  },
};

const NONE = { logins: 0, addresses: { top: [], total: 0, dropped: 0 } };

export const EMPTY: ReportView = {
  refused: { good: NONE, guessed: NONE, unproven: NONE },
  inputs: [],
  isInterrupted: true,
  totals: {
    events: 0,
    failed: 0,
    attempts: 0,
    outcomes: { unknown_account: 0, wrong_password: 0, denied: 0, unanswered: 0 },
    probes: 0,
    logins: 0,
    ignored: 0,
    malformed: {},
    backwards: 0,
    firstAt: null,
    lastAt: null,
  },
  attackers: { top: [], total: 0, dropped: 0 },
  accounts: { top: [], total: 0, dropped: 0 },
  findings: { worst: [], total: 0, byRule: {} },
  decisions: {
    bans: 0,
    targets: 0,
    byReason: {},
    inForceAtEnd: 0,
    inForceNow: 0,
    keptOut: 0,
    forgotten: 0,
  },
};

/** What the documentation says of the detection where nothing is set. */
export const detection = {
  score: { addresses: 100_000, halfLifeSeconds: 3600 },
  ban: {
    threshold: 10,
    seconds: 3600,
    growth: 4,
    secondsMax: 604_800,
    unproven: 'short',
    unprovenSeconds: 600,
    unprovenPerMinute: 60,
  },
  enumeration: { accounts: 5, challenges: 20 },
  spray: { accounts: 5 },
  distributed: { addresses: 10 },
  slow: { threshold: 20, halfLifeHours: 72 },
  breach: { failures: 2, warning: 5, critical: 20 },
  honeypot: { accounts: [] },
  trust: { days: 14 },
  storm: { perMinute: 600, factor: 10 },
};

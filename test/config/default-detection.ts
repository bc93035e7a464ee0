/** What the documentation says of the detection where nothing is set. */
export const detection = {
  score: { addresses: 100_000 },
  ban: {
    threshold: 10,
    seconds: 3600,
    growth: 2,
    secondsMax: 604_800,
    unproven: 'short',
    unprovenSeconds: 600,
    unprovenPerMinute: 60,
  },
  enumeration: { accounts: 12, challenges: 40 },
  spray: { accounts: 12 },
  distributed: { addresses: 30 },
  honeypot: { accounts: [] },
  trust: { days: 30 },
  storm: { perMinute: 600, factor: 10 },
};

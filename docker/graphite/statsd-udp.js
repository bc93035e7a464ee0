// statsd, mounted at /opt/statsd/config/udp.js of graphiteapp/graphite-statsd. statsd evaluates it as a value.
({
  graphiteHost: '127.0.0.1',
  graphitePort: 2003,
  port: 8125,
  mgmt_port: 8126,

  // Milliseconds. The first retention of every schema in storage-schemas.conf must be as long: of two flushes in one slot
  // only the last is kept, and a slot without a flush is a hole.
  flushInterval: 10000,

  // stats.counters.NAME.count and .rate, stats.gauges.NAME: what the dashboards read. The default writes other names.
  graphite: { legacyNamespace: false },

  // What was not sent since the last flush is not written. Otherwise every address that ever guessed once is written at every
  // flush until statsd is restarted: 5,000 addresses are 736 KB each time.
  deleteIdleStats: true,

  // So many flushes a gauge is written on after it was last sent: two minutes, twice the longest FLUSH_MS of the exporter. A
  // default of 1 makes holes; a long time shows an exporter that has died as alive.
  gaugesMaxTTL: 12,
});

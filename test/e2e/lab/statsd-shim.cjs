// statsd 0.9.0 calls util.log, which Node 24 no longer has.
const util = require('node:util');

util.log ??= (...words) => console.log(...words);

// node health.mjs URL: for health checks, since the images have no curl. Ends with 0 where http://... answers with one of the 200s, or
// where somebody listens at tcp://host:port.
import { connect } from 'node:net';

async function ask(url) {
  const response = await fetch(url);
  process.stdout.write(await response.text());
  return response.ok;
}

function isListening({ hostname, port }) {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket.end() !== null)).on('error', reject);
  });
}

const url = new URL(process.argv[2] ?? '');
const isHealthy = await (url.protocol === 'tcp:' ? isListening(url) : ask(url)).catch((error) => {
  console.error(error.cause?.code ?? error.code ?? error.message);
  return false;
});
process.exitCode = isHealthy ? 0 : 1;

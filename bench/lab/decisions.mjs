// A client of the decision socket: asks for bans and waits for the answers, which come in any order.
import { once } from 'node:events';
import { connect } from 'node:net';

/** At most so many bytes wait to be written. */
const CHUNK_LINES = 200;

/** The address with this number, from 0 to 16 million. */
export function stranger(number) {
  return `11.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
}

export async function connectDecisions(path) {
  const socket = connect(path);
  await once(socket, 'connect');
  const [results, waiting] = [new Map(), new Map()];
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const { address, result, reason } = JSON.parse(line);
      const text = reason === undefined ? result : `${result}, ${reason}`;
      results.set(text, (results.get(text) ?? 0) + 1);
      waiting.get(address)?.();
      waiting.delete(address);
    }
  });
  return {
    /** What was answered so far: how often each. */
    results: () => JSON.stringify(Object.fromEntries(results)),
    /** Resolves when all of them are answered. */
    ban: async (addresses) => {
      const all = addresses.map((address) => new Promise((resolve) => waiting.set(`${address}/32`, resolve)));
      for (let at = 0; at < addresses.length; at += CHUNK_LINES) {
        const lines = addresses.slice(at, at + CHUNK_LINES).map((address) => `${JSON.stringify(decision(address))}\n`);
        if (!socket.write(lines.join(''))) await once(socket, 'drain');
      }
      await Promise.all(all);
    },
    close: () => socket.destroy(),
  };
}

function decision(address) {
  const at = Date.now();
  const evidence = { pbx: 'bench', service: 'PJSIP', attempts: 10, accounts: 1, since: at - 1000, isProven: true };
  return { v: 1, type: 'ban', address: `${address}/32`, seconds: 36_000, reason: 'brute_force', at, evidence };
}

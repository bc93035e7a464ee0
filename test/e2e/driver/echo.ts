import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TwoHosts } from '../lab/two-hosts.js';
import type { Call, Called } from './echo-process.js';

const PROCESS = fileURLToPath(new URL('./echo-process.js', import.meta.url));

/** A server that gives back what it gets, and attackers who count it. */
export interface Echo {
  /** @returns how many of the messages came back; where none is expected it does not wait long. */
  echoes(call: Omit<Call, 'id' | 'waitMs'>, expected: number): Promise<number>;
  stop(): void;
}

export async function startEcho({ server, attacker }: TwoHosts, ports: readonly number[]): Promise<Echo> {
  const serving = await start(server, ['serve', ...ports.map(String)], () => {});
  const answers = new Map<number, (echoes: number) => void>();
  const calling = await start(attacker, ['call'], ({ id, echoes }) => answers.get(id)?.(echoes));
  let id = 0;
  return {
    echoes: (call, expected) =>
      new Promise((resolve) => {
        id++;
        answers.set(id, resolve);
        calling.tell({ ...call, id, waitMs: expected === 0 ? 300 : 5000 });
      }),
    stop: () => {
      calling.stop();
      serving.stop();
    },
  };
}

async function start(namespace: string, args: readonly string[], onCalled: (called: Called) => void) {
  const command = ['netns', 'exec', namespace, process.execPath, ...process.execArgv, PROCESS, ...args];
  const child = spawn('ip', command, { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${args[0]} did not start`)));
    createInterface(child.stdout).on('line', (line) => {
      const answer = JSON.parse(line) as 'ready' | Called;
      if (answer === 'ready') resolve();
      else onCalled(answer);
    });
  });
  return {
    tell: (call: Call) => void child.stdin.write(`${JSON.stringify(call)}\n`),
    stop: () => void child.stdin.end(),
  };
}

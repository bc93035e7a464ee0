import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface WitnessReport {
  /** Events by name, since the login. */
  readonly events: Readonly<Record<string, number>>;
  /** Whether Asterisk closed the connection. */
  readonly closed: boolean;
}

/** A second AMI client, as simple as can be, in a process of its own: tells how many events Asterisk really sent. */
export interface Witness {
  report(): Promise<WitnessReport>;
  stop(): void;
}

/** Logs in as a user that may read security events only. */
export async function startWitness(amiPort: number, secret: string): Promise<Witness> {
  const child = fork(fileURLToPath(new URL('./witness-process.js', import.meta.url)), [String(amiPort), secret]);
  await once(child, 'message');
  return {
    report: async () => {
      const answer = once(child, 'message');
      child.send('report');
      const [report] = (await answer) as [WitnessReport];
      return report;
    },
    stop: () => void child.kill(),
  };
}

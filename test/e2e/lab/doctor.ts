import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter } from 'node:path';
import type { Result } from '../../../src/doctor/result.js';
import { AMI_SECRET, type Asterisk } from './asterisk.js';
import { PROGRAM } from './exporter.js';
import { CACHE } from './place.js';

export interface Patient {
  /** What the doctor finds, with these settings over those that fit the lab and over those that fixes have set. */
  examine(settings?: Readonly<Record<string, string | number>>): Promise<Examination>;
  /** Does what a fix says, literally: in a shell, or as settings from now on. */
  apply(result: Result | undefined): Promise<void>;
}

interface Examination {
  readonly code: number;
  readonly results: readonly Result[];
  readonly text: string;
  find(check: string): Result | undefined;
}

/** Node preloads that move the clock of the doctor. */
export const CLOCK_AHEAD = `--import=data:text/javascript,${encodeURIComponent('const now = Date.now; Date.now = () => now() + 90000;')}`;

/** The doctor at a PBX of the lab. `asterisk` and /etc/asterisk in its fixes are those of the lab. */
export function patientOf(asterisk: Asterisk, base: Readonly<Record<string, string | number>>): Patient {
  const root = `${CACHE}asterisk-${asterisk.version}`;
  const bin = mkdtempSync(`${tmpdir()}/e2e-doctor-`);
  const wrapper = `#!/bin/sh\nexec chroot ${root} /usr/sbin/asterisk -C /instance/etc/asterisk.conf "$@"\n`;
  writeFileSync(`${bin}/asterisk`, wrapper);
  chmodSync(`${bin}/asterisk`, 0o755);
  const path = `${bin}${delimiter}${process.env['PATH']}`;
  const fixed: Record<string, string> = {};
  return {
    examine: async (settings = {}) => {
      const { NODE_OPTIONS = '', ...given } = settings;
      const env = {
        AMI_HOST: '127.0.0.1',
        AMI_PORT: asterisk.ports.ami,
        AMI_USERNAME: 'exporter',
        AMI_SECRET,
        ...base,
        ...given,
        ...fixed,
      };
      const texts = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
      const args = [...(NODE_OPTIONS === '' ? [] : [String(NODE_OPTIONS)]), PROGRAM, 'doctor', '--json'];
      const { code, text } = await run(process.execPath, [...args, '--logs', asterisk.logFolder], {
        ...texts,
        PATH: path,
      });
      const { results } = JSON.parse(text) as { results: Result[] };
      return { code, results, text, find: (check) => results.find((result) => result.check === check) };
    },
    apply: async (result) => {
      const fix = result?.fix;
      if (fix === undefined || fix === null) throw new Error(`nothing to apply: ${JSON.stringify(result)}`);
      if (fix.where === 'settings') {
        for (const line of fix.text.split('\n'))
          fixed[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
        return;
      }
      const script = fix.text.replaceAll('/etc/asterisk/', `${root}/instance/etc/`);
      const { code, text } = await run('bash', ['-ec', script], { PATH: path });
      // One of them restarts it.
      await asterisk.booted();
      if (code !== 0) throw new Error(`the fix ended with ${code}: ${text}\n${script}`);
    },
  };
}

function run(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    execFile(file, args, { env, timeout: 30_000, maxBuffer: 1e7 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), text: stdout === '' ? stderr : stdout });
    });
  });
}

import type { LoadResult } from '../config/load-config.js';
import { EXIT_CONFIG } from './command.js';

/** Says why there is no configuration. @returns the exit code. */
export function configFault(loaded: Exclude<LoadResult, { kind: 'config' }>, console: Console): number {
  console.error(
    loaded.kind === 'nothing'
      ? 'asterisk-auth-stats: nothing is configured. Needed are AMI_HOST, AMI_USERNAME and AMI_SECRET, or SOURCE and LOG_FILE.'
      : `asterisk-auth-stats: the configuration is wrong:\n${loaded.faults.map((fault) => `  ${fault}`).join('\n')}`,
  );
  return EXIT_CONFIG;
}

import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project, and not of its mirror, which the tests run in: where that one's links lead to. */
export const ROOT = dirname(realpathSync(fileURLToPath(new URL('../package.json', import.meta.url))));

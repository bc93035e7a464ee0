import type { Command } from './command.js';
import { packageVersion } from './package-version.js';

export const version: Command = ({ console }) => {
  console.log(packageVersion());
  return 0;
};

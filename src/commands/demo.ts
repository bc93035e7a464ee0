import { runDemo } from '../demo/demo.js';
import type { Command } from './command.js';
import { endUnread } from './end-unread.js';
import { packageVersion } from './package-version.js';
import { untilStopped } from './until-stopped.js';

const STOP_SECONDS = 5;

export const demo: Command = async ({ environment, streams: { stdout: out } }) => {
  endUnread(out);
  const options = { version: packageVersion(), out, color: !environment['NO_COLOR'] };
  await untilStopped(STOP_SECONDS, (signal) => runDemo(options, signal));
  return 0;
};

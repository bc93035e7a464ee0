import type { ExporterConfig } from '../config/exporter-config.js';
import { type LoadResult, loadConfig } from '../config/load-config.js';
import { readFileStart } from '../config/text-file.js';
import { runExporter } from '../exporter/exporter.js';
import type { Call } from './command.js';
import { configFault } from './config-fault.js';
import { packageVersion } from './package-version.js';
import { logOf, serve } from './service.js';

export function run(call: Call): Promise<number> | number {
  return runLoaded(loadConfig(call.environment, readFileStart), call);
}

export function runLoaded(loaded: LoadResult, { console }: Pick<Call, 'console'>): Promise<number> | number {
  if (loaded.kind !== 'config') return configFault(loaded, console);
  const { config } = loaded;
  const log = logOf(config);
  const version = packageVersion();
  log.info({ version, node: process.version, source: placeOf(config.source) }, 'starting');
  return serve({ config, log, stopping: 'stopping: sending what was counted' }, (signal) =>
    runExporter({ config, log, version }, signal),
  );
}

function placeOf(source: ExporterConfig['source']): string {
  return source.kind === 'ami' ? `${source.host}:${source.port}` : source.file;
}

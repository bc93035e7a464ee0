import type { Health } from './health.js';
import { processUsage } from './process-usage.js';
import { prometheusText } from './prometheus-text.js';
import type { Status } from './status.js';

/** The exporter's health over HTTP. */
export function exporterStatus(health: Health, version: string): Status {
  return {
    unhealthy: () => health.snapshot().unhealthy,
    unready: () => health.snapshot().unready,
    metrics: () => prometheusText(health.snapshot(), processUsage(), { version, node: process.version }),
    httpRefused: () => health.httpRefused(),
  };
}

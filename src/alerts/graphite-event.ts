import type { Finding } from '../domain/finding.js';
import type { FindingText } from './finding-text.js';
import { HttpAlert, type HttpAlertOptions } from './http-alert.js';

/** Sends findings to Graphite's events, which Grafana shows as annotations. */
export class GraphiteEvent extends HttpAlert {
  constructor(options: HttpAlertOptions) {
    super(options, { name: 'graphite', encode: graphiteEvent });
  }
}

/** Graphite joins the tags with blanks (its webapp/graphite/events/views.py), so that none may have one. */
function graphiteEvent(finding: Finding, { title, text }: FindingText): object {
  return {
    what: title,
    tags: ['asterisk', 'finding', finding.rule, finding.severity],
    when: Math.floor(finding.at / 1000),
    data: text,
  };
}

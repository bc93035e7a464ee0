import type { ExporterConfig } from '../../config/load-config.js';
import { DIALECTS } from '../../metrics/dialects/dialects.js';
import { visibleText } from '../../text/visible-text.js';
import { type Result, resultsOf } from '../result.js';

/** Whether PBX_NAME reaches the receiver as it was given. */
export function meterNamesResult({ statsd: { dialect }, pbxName }: ExporterConfig): Result {
  const { good, mend } = resultsOf('meter-names');
  const { name, tags } = DIALECTS[dialect]({ name: 'exporter.hearing', endpoint: undefined, pbx: pbxName });
  // The dialect graphite-tags has its tags in the name.
  const sent = tags.find(([key]) => key === 'pbx')?.[1] ?? /;pbx=([^;]*)/.exec(name)?.[1];
  if (sent === undefined || sent === pbxName) return good(`the dialect ${dialect} sends names as they are`);
  return mend(
    `PBX_NAME is ${visibleText(String(pbxName), 128)}, and the receiver gets ${sent}`,
    'Two PBXs whose names differ in such letters alone would share their series.',
    { where: 'settings', text: `PBX_NAME=${sent}` },
  );
}

import { numberWords } from '../text/words.js';
import type { Distinct } from './report-view.js';

/** `12`, or `~1,200` where it is an estimate. */
export function distinctWords({ count, isEstimate }: Distinct): string {
  return `${isEstimate ? '~' : ''}${numberWords(count)}`;
}

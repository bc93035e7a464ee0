import { botnets } from './botnets.js';
import { breakIns } from './break-ins.js';
import { customers } from './customers.js';
import { evidence } from './evidence.js';
import { forgeries } from './forgeries.js';
import { offices } from './offices.js';
import type { Scenario } from './scenario.js';
import { enumerators, guessers, patientOnes } from './single-attackers.js';

/** Every story that the detection is measured by. */
export const scenarios: readonly Scenario[] = [
  ...enumerators,
  ...guessers,
  ...patientOnes,
  ...botnets,
  ...breakIns,
  ...offices,
  ...customers,
  ...forgeries,
  ...evidence,
];

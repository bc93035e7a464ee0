import type { PbxRecord } from './pbx.js';
import { type FormOf, isCount, isPoints, isRecordOf, isTime, isTupleOf } from './saved-form.js';
import {
  fittingNames,
  isSavedScore,
  isSavedTold,
  isTexts,
  loadScore,
  savedScore,
  savedTold,
  toldOf,
} from './saved-parts.js';

const REFUSED_MAX = 1_000;
/** The store takes 65,536 letters a record. */
const REFUSED_LENGTH_MAX = 60_000;

const isSavedPbx = isRecordOf({
  startedAt: isTime,
  /** The minute, and what failed and logged in during it. */
  minute: isTupleOf(isCount, isCount, isCount),
  baseline: isPoints,
  patient: isSavedScore,
  silent: isSavedScore,
  scattered: isSavedScore,
  refusedAt: isTime,
  refused: isTexts(REFUSED_MAX),
  told: isSavedTold,
});

export type SavedPbx = FormOf<typeof isSavedPbx>;

export function savedPbx({
  startedAt,
  minute,
  failures,
  logins,
  baseline,
  patient,
  silent,
  scattered,
  refused,
  told,
}: PbxRecord): SavedPbx {
  return {
    startedAt,
    minute: [minute, failures, logins],
    baseline,
    patient: savedScore(patient),
    silent: savedScore(silent),
    scattered: savedScore(scattered),
    refusedAt: refused.at,
    refused: fittingNames(refused.names, REFUSED_LENGTH_MAX),
    told: savedTold(told),
  };
}

/** Takes what was saved into the record. @returns false for what is no saved PBX; the record is as it was then. */
export function loadPbx(pbx: PbxRecord, value: unknown): boolean {
  if (!isSavedPbx(value)) return false;
  const { startedAt, minute, baseline, patient, silent, scattered, refusedAt, refused, told } = value;
  pbx.startedAt = startedAt;
  [pbx.minute, pbx.failures, pbx.logins] = minute;
  pbx.baseline = baseline;
  loadScore(pbx.patient, patient);
  loadScore(pbx.silent, silent);
  loadScore(pbx.scattered, scattered);
  pbx.refused.at = refusedAt;
  for (const name of refused) pbx.refused.names.add(name);
  pbx.refused.size = pbx.refused.names.size;
  pbx.told = toldOf(told);
  return true;
}

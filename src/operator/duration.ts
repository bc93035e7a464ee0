const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Reads `90`, `90s`, `30m`, `1h`, `7d` or `2w`. @returns seconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,9})([smhdw]?)$/.exec(text) ?? [];
  return digits === undefined ? null : Number(digits) * Number(SECONDS[unit]);
}

// What is read from a disk is checked by its form, all of it: nothing more, nothing less, and no number that JSON or a clock
// cannot have. A form is a question that narrows a type, and is made of smaller ones.

export type Form<T> = (value: unknown) => value is T;

/** What a form is of. */
export type FormOf<F> = F extends Form<infer T> ? T : never;

/** The last millisecond that a Date can hold (ECMA-262, section 21.4.1.1). */
const TIME_MAX = 8.64e15;
const POINTS_MAX = 1e15;
const PORT_MAX = 65_535;

export const isText: Form<string> = (value): value is string => typeof value === 'string';
export const isFlag: Form<boolean> = (value): value is boolean => typeof value === 'boolean';
/** Milliseconds since the Unix epoch; 0 for never. */
export const isTime = isNumber(TIME_MAX);
export const isPoints = isNumber(POINTS_MAX);
export const isCount = isWhole(Number.MAX_SAFE_INTEGER);
export const isPort = isWhole(PORT_MAX);

export function isWhole(max: number): Form<number> {
  return (value): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;
}

function isNumber(max: number): Form<number> {
  return (value): value is number => typeof value === 'number' && value >= 0 && value <= max;
}

export function isOneOf<T extends string>(words: readonly T[]): Form<T> {
  return (value): value is T => words.some((word) => word === value);
}

export function isNullOr<T>(form: Form<T>): Form<T | null> {
  return (value): value is T | null => value === null || form(value);
}

export function isListOf<T>(form: Form<T>, lengthMax: number): Form<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.length <= lengthMax && value.every(form);
}

/** So many values in this order. */
export function isTupleOf<T extends readonly unknown[]>(
  ...forms: { readonly [Index in keyof T]: Form<T[Index]> }
): Form<T> {
  return (value): value is T =>
    Array.isArray(value) && value.length === forms.length && forms.every((form, index) => form(value[index]));
}

/** An object with these keys and no other one. */
export function isRecordOf<T extends object>(forms: { readonly [Key in keyof T]: Form<T[Key]> }): Form<T> {
  const known = Object.entries<Form<unknown>>(forms as Readonly<Record<string, Form<unknown>>>);
  return (value): value is T =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === known.length &&
    known.every(([key, form]) => Object.hasOwn(value, key) && form((value as Readonly<Record<string, unknown>>)[key]));
}

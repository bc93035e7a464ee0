type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The value again and again, each time with one thing in it that no record has. */
export function* mutilated(value: unknown): Generator<Json> {
  yield* mutilations(JSON.parse(JSON.stringify(value)) as Json);
}

function* mutilations(value: Json): Generator<Json> {
  yield {};
  if (typeof value === 'number') yield* [-1, Number.POSITIVE_INFINITY, Number.NaN, String(value)];
  if (typeof value !== 'object' || value === null) return;
  if (isList(value)) {
    yield* [[...value, {}], new Array<Json>(10_000).fill(value[0] ?? null)];
    for (const [index, item] of value.entries()) for (const other of mutilations(item)) yield value.with(index, other);
    return;
  }
  yield { ...value, more: 1 };
  for (const [key, item] of Object.entries(value)) {
    yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    for (const other of mutilations(item)) yield { ...value, [key]: other };
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

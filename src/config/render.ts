import type { EffectiveSetting } from './load-config.js';
import { type Setting, settings } from './schema.js';

const NONE = 'none';

/** All variables with their defaults and meanings, for a terminal. */
export function renderHelp(): string {
  return columns([...settings.values()].map(({ env, doc, default: text }) => [env, text ?? NONE, doc]));
}

/** All variables as a Markdown table, without a line break at its end. */
export function renderMarkdown(): string {
  const rows = [...settings.values()].map(markdownRow);
  return ['| Variable | Value | Default | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function markdownRow({ env, doc, format, default: text }: Setting<unknown>): string {
  return `| \`${env}\` | ${format.expects} | ${text === null ? NONE : `\`${text}\``} | ${doc} |`;
}

/** What the program would run with and where each value comes from, for a terminal. Secrets are masked already. */
export function renderEffective(effective: readonly EffectiveSetting[]): string {
  return columns(effective.map(({ name, value, origin }) => [name, value ?? NONE, `(${origin})`]));
}

/** A long value moves what follows it in its own row only. */
const VALUE_WIDTH_MAX = 15;

/** The last column is as wide as it gets. */
function columns(rows: readonly (readonly [name: string, value: string, remark: string])[]): string {
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const valueWidth = Math.min(VALUE_WIDTH_MAX, Math.max(...rows.map(([, value]) => value.length)));
  return rows
    .map(([name, value, remark]) => `${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${remark}`)
    .join('\n');
}

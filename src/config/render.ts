import type { EffectiveSetting } from './read-settings.js';
import { settings, THEMES } from './schema.js';
import { listSettings, type Setting } from './setting.js';

const NONE = 'none';

/** All variables with their defaults and meanings, for a terminal. */
export function renderHelp(): string {
  return columns([...settings.values()].map((setting) => [setting.env, defaultOf(setting) ?? NONE, setting.doc]));
}

/** All variables as Markdown, a table for each theme, without a line break at its end. */
export function renderMarkdown(): string {
  return Object.entries(THEMES)
    .map(([title, theme]) =>
      [`### ${title}`, '', ...HEAD, ...[...listSettings(theme).values()].map(markdownRow)].join('\n'),
    )
    .join('\n\n');
}

const HEAD = ['| Variable | Value | Default | Meaning | Read by |', '| --- | --- | --- | --- | --- |'];

function markdownRow(setting: Setting<unknown>): string {
  const { env, doc, readBy } = setting;
  const text = defaultOf(setting);
  return `| \`${env}\` | ${formOf(setting)} | ${text === null ? NONE : `\`${text}\``} | ${doc} | ${readBy.join(', ')} |`;
}

/**
 * All variables as a file for `env_file`: each commented out, with its default.
 * @param except variables that the file explains elsewhere
 */
export function renderEnvironmentFile(except: ReadonlySet<string>): string {
  return Object.entries(THEMES)
    .map(([title, theme]) => {
      const shown = [...listSettings(theme).values()].filter(({ env }) => !except.has(env));
      return [`# ${title}`, ...shown.flatMap(environmentLines)].join('\n');
    })
    .join('\n\n');
}

function environmentLines(setting: Setting<unknown>): string[] {
  return [`# ${setting.doc}. Value: ${formOf(setting)}.`, `#${setting.env}=${defaultOf(setting) ?? ''}`];
}

/** Null: none. */
function defaultOf({ default: value }: Setting<unknown>): string | null {
  const text = value === null ? '' : String(value);
  return text === '' ? null : text;
}

function formOf({ format, unit }: Setting<unknown>): string {
  return unit === undefined ? format.expects : `${format.expects}, in ${unit}`;
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

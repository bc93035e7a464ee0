import { createRequire } from 'node:module';
import type convict from 'convict';
import { settings } from './schema.js';
import { type GivenSettings, listSettings, mapSettings, type Reader, type SettingTree } from './setting.js';

/** What convict made of the texts. */
export interface Validated {
  /** By the path of a setting, in no order; `must be ...`, without the text that was refused. */
  readonly refusals: ReadonlyMap<string, string>;
  /** Of a setting that was not refused. */
  value(path: string): unknown;
}

/** Convict adds the value to its message, with all that it would do to a terminal: this error has none. */
class Refusal extends Error {
  get value(): null {
    return null;
  }

  set value(_text: unknown) {
    // Convict sets it.
  }
}

let library: typeof convict | null = null;

/** Loaded where there is a text to read: it takes a seventh of the time of `bans list`. */
function loadConvict(): typeof convict {
  library ??= withFormats(createRequire(import.meta.url)('convict'));
  return library;
}

/** Convict knows formats by a name, for the whole program: here the variable's. */
function withFormats(bare: typeof convict): typeof convict {
  for (const { env, format } of settings.values()) {
    bare.addFormat({
      name: env,
      coerce: (text: string) => {
        try {
          return format(text);
        } catch {
          // A FormatFault: the text stays, and is refused when it is validated.
          return text;
        }
      },
      validate: (value: unknown) => {
        // What is no text any more was read when it was coerced.
        if (typeof value !== 'string') return;
        try {
          format(value);
        } catch (error) {
          throw new Refusal((error as Error).message);
        }
      },
    });
  }
  return bare;
}

/** Has convict put in the defaults, read the texts and validate it all. */
export function validated(tree: SettingTree, given: GivenSettings, reader: Reader): Validated {
  if (given.size === 0) return defaultsOf(tree, given, reader);
  const definition = mapSettings(tree, ({ env, doc, default: usual, defaultWith, sensitive = false }) => ({
    env,
    doc,
    sensitive,
    format: env,
    default: defaultWith?.(given, reader) ?? usual,
    nullable: usual === null,
  }));
  const texts = Object.fromEntries([...given].map(([name, { text }]) => [name, text]));
  const config = loadConvict()<Record<string, unknown>>(definition as convict.Schema<Record<string, unknown>>, {
    env: texts,
    args: [],
  });
  return { refusals: refusalsOf(config), value: (path) => config.get(path) };
}

/** Nothing is given, so that there is nothing to read and to refuse. */
function defaultsOf(tree: SettingTree, given: GivenSettings, reader: Reader): Validated {
  const declared = listSettings(tree);
  const value = (path: string) => {
    const setting = declared.get(path);
    return setting?.defaultWith?.(given, reader) ?? setting?.default;
  };
  return { refusals: new Map(), value };
}

/** Convict throws one error for all, a line for each: `ami.port: must be ...`. */
function refusalsOf(config: convict.Config<Record<string, unknown>>): Map<string, string> {
  try {
    config.validate({ allowed: 'strict' });
    return new Map();
  } catch (error) {
    const lines = (error as Error).message.split('\n');
    return new Map(lines.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
  }
}

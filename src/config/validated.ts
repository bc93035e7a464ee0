import convict from 'convict';
import { settings } from './schema.js';
import { type GivenSettings, mapSettings, type Reader, type SettingTree } from './setting.js';

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

// Convict knows formats by a name, for the whole program: here the variable's.
for (const { env, format } of settings.values()) {
  convict.addFormat({
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

/** Has convict put in the defaults, read the texts and validate it all. */
export function validated(tree: SettingTree, given: GivenSettings, reader: Reader): Validated {
  const definition = mapSettings(tree, ({ env, doc, default: usual, defaultWith, sensitive = false }) => ({
    env,
    doc,
    sensitive,
    format: env,
    default: defaultWith?.(given, reader) ?? usual,
    nullable: usual === null,
  }));
  const texts = Object.fromEntries([...given].map(([name, { text }]) => [name, text]));
  const config = convict<Record<string, unknown>>(definition as convict.Schema<Record<string, unknown>>, {
    env: texts,
    args: [],
  });
  return { refusals: refusalsOf(config), value: (path) => config.get(path) };
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

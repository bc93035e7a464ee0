import type { Fix } from './result.js';

const FOLDER = '/etc/asterisk';

/** Appends lines to a section of one of Asterisk's files, of which the last value counts, and has Asterisk read it again. */
export function appended(file: string, section: string, lines: readonly string[], reload: string): Fix {
  return onPbx([appending(file, section, lines), reloading(reload)]);
}

/** Several commands for the shell of the PBX. */
export function onPbx(commands: readonly string[]): Fix {
  return { where: 'pbx', text: commands.join('\n') };
}

export function appending(file: string, section: string, lines: readonly string[]): string {
  return [`cat >> ${FOLDER}/${file} <<'EOF'`, '', `[${section}](+)`, ...lines, 'EOF'].join('\n');
}

/** Turns the lines with a key into comments, in one section. */
export function commenting(file: string, section: string, key: string): string {
  const from = `/^\\[${forSed(section)}\\]/`;
  return `sed -i ${quoted(`${from},/^\\[/s/^[[:space:]]*${key}/;&/`)} ${FOLDER}/${file}`;
}

/** Turns all sections of one name into comments. The file stays whose it is. */
export function commentingSection(file: string, section: string): string {
  const path = `${FOLDER}/${file}`;
  const program = `/^\\[/ { off = index($0, "[${section}]") == 1 } { print (off ? ";" : "") $0 }`;
  return `awk ${quoted(program)} ${path} > ${path}.new && cat ${path}.new > ${path}; rm -f ${path}.new`;
}

export function reloading(command: string): string {
  return `asterisk -rx ${quoted(command)}`;
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function forSed(text: string): string {
  return text.replace(/[.*[\]^$/\\]/g, '\\$&');
}

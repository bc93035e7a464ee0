export interface Column {
  readonly title: string;
  /** `right` for numbers. */
  readonly align: 'left' | 'right';
}

/**
 * Rows in columns that are as wide as their widest cell; a line is cut at `width` columns. One character is one column: the
 * cells hold visible text.
 */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const padded = columns.map(({ title, align }, index) => {
    const cells = [title, ...rows.map((row) => row[index] ?? '')];
    const columnWidth = cells.reduce((widest, { length }) => Math.max(widest, length), 0);
    return cells.map((cell) => (align === 'right' ? cell.padStart(columnWidth) : cell.padEnd(columnWidth)));
  });
  return ['', ...rows].map((_, line) => fitted(`  ${padded.map((cells) => cells[line]).join('  ')}`.trimEnd(), width));
}

/** A line that is cut where it is too wide, and shows that. */
export function fitted(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}

/** Writes rows in columns two blanks apart, as wide as these rows and their head need; no blanks at the end of a line. */
export function createLayout(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): (row: readonly string[]) => string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
}

/** The rows below their head. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [head, ...rows].map(createLayout(head, rows));
}

/** A number, in digits that no spreadsheet computes with. */
const NUMBER = /^\s*[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:e[+-]?\d+)?\s*$/i;

/**
 * A cell that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP's page on CSV injection
 * says: `=`, `+`, `-`, `@`, their wide forms, also after spaces, and a tab or line break at the beginning. Numbers stay.
 */
export function withoutFormula(cell: string): string {
  const isFormula = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/.test(cell) && !NUMBER.test(cell);
  return isFormula ? `'${cell}` : cell;
}

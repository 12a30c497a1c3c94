import { plainLine } from '../plain.js';

/** Text for SVG: markup escaped, and what XML can't hold (control characters, lone surrogates) as U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
  );
}

/** Text for a Markdown table's cell or list item: one line, its marks shown as they are, nothing in it a link. */
export function escapeMarkdown(text: string): string {
  return (
    plainLine(text)
      .replace(/\s+/g, ' ')
      .trim()
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/[\\`*_[\]|#~$]/g, '\\$&')
      // GitHub makes links of these by themselves.
      .replace(/:(?=\/\/)|(?<=\bwww)\./gi, '\\$&')
      // At its beginning a list item may hold another list.
      .replace(/^[-+](?=\s|$)/, '\\$&')
      .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
  );
}

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

import { escapeMarkdown } from './escape.js';

/** A table of Markdown; what cells hold is shown as it is. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return `${[line(header), `|${header.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n')}\n`;
}

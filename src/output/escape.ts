import { plainLine } from '../plain.js';

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

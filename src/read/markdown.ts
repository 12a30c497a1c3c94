// Longest label and address that is looked for: without a bound, brackets that are never closed cost the square of a line.
const LABEL = String.raw`[^\[\]\n]{0,500}`;
const ADDRESS = String.raw`\([^()\n]{0,2000}(?:\([^()\n]{0,500}\)[^()\n]{0,500})?\)`;
const REFERENCE = String.raw`\[[^\[\]\n]{0,500}\]`;

const IMAGE = new RegExp(String.raw`!\[${LABEL}\](?:${ADDRESS}|${REFERENCE})`, 'g');
const LINK = new RegExp(String.raw`\[(${LABEL})\](?:${ADDRESS}|${REFERENCE})`, 'g');
/** `[name]: https://address "Title"` on a line of its own, which only links refer to; footnotes, `[^1]: words`, are text. */
const DEFINITION = /^ {0,3}\[(?!\^)[^\]\n]{1,500}\]:[ \t]+\S.*$/gm;

/**
 * A Markdown text without its images and without the addresses of its links, which say nothing about what it is about and fill the
 * beginning of many a README. The rest stays as it is written.
 */
export const withoutAddresses = (markdown: string): string =>
  markdown
    .replace(DEFINITION, '')
    .replace(IMAGE, '')
    .replace(LINK, '$1')
    .replace(/^[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

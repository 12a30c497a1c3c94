import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { optionsDocument } from '../../src/cli/document.js';
import { ALL_OPTIONS } from '../../src/options/table.js';

test('docs/options.md is what the table gives; `node scripts/options.mjs` writes it anew', () => {
  const kept = readFileSync(new URL('../../docs/options.md', import.meta.url), 'utf8');
  expect(kept).toBe(optionsDocument());
});

test('every option of the table stands in it', () => {
  const text = optionsDocument();
  for (const [path, { help, commandOnly }] of ALL_OPTIONS) {
    expect(text).toContain(help.replaceAll('|', '\\|'));
    if (!commandOnly) expect(text).toContain(`\`${path}\``);
  }
});

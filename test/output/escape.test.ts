import { describe, expect, test } from 'vitest';
import { escapeMarkdown, withoutFormula } from '../../src/output/escape.js';

describe('a cell for a spreadsheet', () => {
  test.each([
    "=cmd|'/C calc'!A1",
    '+The courier left',
    '-Delivery took two weeks',
    '@SUM(1+1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '  =1+1',
    '＝1+1',
    '＋1+1',
    '－1+1',
    '＠SUM(1)',
    '-1+1',
    '+49 30 1234',
    '-',
    '-3.5x',
    '=1',
  ])('gets an apostrophe before what could be a formula: %j', (cell) => {
    expect(withoutFormula(cell)).toBe(`'${cell}`);
  });

  test.each(['-3.5', '+7', '-1,234.5', '1e5', '-.5', '-2e-10', 'a=b', '', ' ', "'=1", 'x-y', '2-3'])(
    'stays where it is a number or an ordinary text: %j',
    (cell) => {
      expect(withoutFormula(cell)).toBe(cell);
    },
  );
});

describe('a text in Markdown', () => {
  test('has no markup, no HTML, no link and no control character left', () => {
    expect(escapeMarkdown('<img src=x onerror=alert(1)> & </td>')).toBe(
      '&lt;img src=x onerror=alert(1)&gt; &amp; &lt;/td&gt;',
    );
    expect(escapeMarkdown('[a](http://x) ![b](y) `c` *d* _e_ | # ~f~ $g$')).toBe(
      '\\[a\\](http\\://x) !\\[b\\](y) \\`c\\` \\*d\\* \\_e\\_ \\| \\# \\~f\\~ \\$g\\$',
    );
    expect(escapeMarkdown('see www.example.org')).toBe('see www\\.example.org');
    expect(escapeMarkdown('a\u001b[31mb\u0000\u202ec\r\nd')).toBe('abc d');
  });

  test('begins no list, quotation or heading', () => {
    expect(escapeMarkdown('- x')).toBe('\\- x');
    expect(escapeMarkdown('12. x')).toBe('12\\. x');
    expect(escapeMarkdown('> x')).toBe('&gt; x');
    expect(escapeMarkdown('# x')).toBe('\\# x');
    expect(escapeMarkdown('-5 and 1.5')).toBe('-5 and 1.5');
  });
});

import { describe, expect, test } from 'vitest';
import { escapeMarkdown } from '../../src/output/escape.js';

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

import { expect, test } from 'vitest';
import { hasMarkup, htmlToText } from '../../src/read/html.js';

test.each([
  ['<p>One <b>word</b></p>', true],
  ['line<br>break', true],
  ['a <b and c> d', false],
  ['AT&amp;T said &lt;T.N&gt;', false],
  ['x < y > z', false],
])('%j is HTML: %j', (text, expected) => {
  expect(hasMarkup(text)).toBe(expected);
});

test('tags, styles, scripts and entities become what a browser shows', async () => {
  const html =
    '<style>p { color: red }</style><h2>Heading</h2><p>A&nbsp;B &amp; <a href="https://example.org">a link</a><br>next</p><script>x()</script>';
  expect(await htmlToText(html)).toBe('Heading\n\nA B & a link\nnext');
});

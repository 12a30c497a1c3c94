import { expect, test } from 'vitest';
import { withoutAddresses } from '../../src/read/markdown.js';

test('images, addresses of links and their definitions are left out, words of links stay', () => {
  const readme = [
    '# zod [![npm](https://img.example/zod.svg)](https://example.org/zod) [![ci][ci-image]][ci-url]',
    '![Logo](logo_(1).png)',
    'See [the **guide**](docs/guide.md "Guide"), [faq][1] and arrays such as a[0](b).',
    '',
    '[ci-image]: https://img.example/ci.svg',
    '[1]: https://example.org/faq "Questions"',
    '[^1]: A footnote.',
    '- [ ] a task, [not a link] and `x[i]`',
  ].join('\n');
  expect(withoutAddresses(readme)).toBe(
    '# zod  \n\nSee the **guide**, faq and arrays such as a0.\n\n[^1]: A footnote.\n- [ ] a task, [not a link] and `x[i]`',
  );
});

test('brackets that are never closed stay as they are', () => {
  const open = '![['.repeat(20_000);
  expect(withoutAddresses(open)).toBe(open);
});

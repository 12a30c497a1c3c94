import { expect, test } from 'vitest';
import { givenLines } from '../../src/cli/given-lines.js';

test('each given topic has a line with its rows and how sure they are', () => {
  const given = [
    { name: 'Billing', rows: 1204, sure: 0.93, leastSure: 0.4 },
    { name: 'Log in \u001b[31m', rows: 0, sure: 0, leastSure: 0 },
  ];
  const [title, billing, login] = givenLines({ given, rows: 2408 });
  expect(title).toBe('Given topics:');
  expect(billing).toMatch(/^ {2}Billing +1,204 rows \(50 %\), 0\.93 sure at the median/);
  expect(login).toMatch(/^ {2}Log in .*no row is near enough$/);
  expect(login).not.toContain('\u001b');
});

test('a run without given topics has none', () => {
  expect(givenLines({ given: undefined, rows: 3 })).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { withoutFormula } from '../../src/output/formula.js';

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

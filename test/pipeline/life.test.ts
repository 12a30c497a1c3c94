import { expect, test } from 'vitest';
import { addedRows } from '../../src/pipeline/life.js';

test('rows added are those that all steps brought, whatever else was done in between', () => {
  const first = { did: 'cluster' as const, rows: 40 };
  expect(addedRows([first, { did: 'recut', rows: 40 }])).toBeUndefined();
  expect(addedRows(undefined)).toBeUndefined();
  const history = [first, { did: 'add' as const, rows: 52 }, { did: 'rename' as const, rows: 52 }];
  expect(addedRows([...history, { did: 'add', rows: 60 }])).toEqual({ rows: 20, steps: 2 });
});

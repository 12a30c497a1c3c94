import { expect, test } from 'vitest';
import { DisjointSets } from '../src/disjoint-sets.js';

test('joined numbers have the root that they were joined to, others their own', () => {
  const sets = new DisjointSets(6);
  sets.join(1, 4);
  sets.join(sets.find(4), 5);
  sets.join(0, sets.find(5));
  expect([0, 1, 2, 3, 4, 5].map((number) => sets.find(number))).toEqual([0, 0, 2, 3, 0, 0]);
});

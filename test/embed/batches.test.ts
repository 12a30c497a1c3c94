import { describe, expect, it } from 'vitest';
import { Budget, byTokens, longestFirst, packBatch, takeBatch } from '../../src/embed/batches.js';

const encoded = (lengths: number[]) =>
  lengths.map((length, row) => ({ row, text: `${row}`, ids: new Int32Array(length).fill(row) }));

it('texts come longest first, equal lengths by the text, in whatever order the file has them', () => {
  const texts = ['bb', 'a', 'ccc', 'aa', 'b'].map((text, row) => ({ row, text }));
  const sorted = longestFirst([...texts]).map(({ text }) => text);
  expect(sorted).toEqual(['ccc', 'aa', 'bb', 'a', 'b']);
  expect(longestFirst([...texts].reverse()).map(({ text }) => text)).toEqual(sorted);
});

describe('a batch', () => {
  it('holds as many rows as fit in the budget when padded to the longest', () => {
    const queue = byTokens(encoded([4, 10, 5, 5]));
    expect(takeBatch(queue, 20, 'padded').map(({ ids }) => ids.length)).toEqual([10, 5]);
    expect(takeBatch(queue, 20, 'padded').map(({ ids }) => ids.length)).toEqual([5, 4]);
    expect(queue).toEqual([]);
  });

  it('holds one row at least, however long', () => {
    expect(takeBatch(encoded([5000, 1]), 512, 'padded')).toHaveLength(1);
  });

  it('of equal lengths stops where the length changes', () => {
    const queue = encoded([7, 7, 7, 6]);
    expect(takeBatch(queue, 100, 'equal')).toHaveLength(3);
    expect(takeBatch(queue, 100, 'equal')).toHaveLength(1);
    expect(takeBatch(encoded([7, 7, 7]), 15, 'equal')).toHaveLength(2);
  });

  it('is a single row where rows must not share one', () => {
    expect(takeBatch(encoded([3, 3]), 100, 'single')).toHaveLength(1);
  });

  it('is packed end to end', () => {
    const { ids, lengths } = packBatch(encoded([1, 3]));
    expect([...ids]).toEqual([0, 1, 1, 1]);
    expect([...lengths]).toEqual([1, 3]);
  });
});

describe('the budget', () => {
  it('becomes the one with most tokens a millisecond after each had two batches', () => {
    const budget = new Budget([100, 200, 400]);
    const speeds = [1, 5, 2];
    const tried: number[] = [];
    for (let batch = 0; batch < 6; batch++) {
      const { candidate, tokens } = budget.next();
      tried.push(tokens);
      budget.report(candidate, tokens, tokens / speeds[candidate]);
    }
    expect(tried.sort((a, b) => a - b)).toEqual([100, 100, 200, 200, 400, 400]);
    expect(budget.next().tokens).toBe(200);
  });

  it('is used as it is when there is one', () => {
    expect(new Budget([64]).next().tokens).toBe(64);
  });
});

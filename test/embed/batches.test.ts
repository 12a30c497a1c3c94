import { describe, expect, it } from 'vitest';
import {
  Budget,
  byTokens,
  longestFirst,
  packBatch,
  paddedLength,
  takeBatch,
} from '../../src/embed/batches.js';

const encoded = (lengths: number[]) =>
  lengths.map((length, row) => ({ row, text: `${row}`, ids: new Int32Array(length).fill(row) }));

const lengthsOf = ({ rows }: { rows: { ids: Int32Array }[] }) => rows.map(({ ids }) => ids.length);

it('texts come longest first, equal lengths by the text, in whatever order the file has them', () => {
  const texts = ['bb', 'a', 'ccc', 'aa', 'b'].map((text, row) => ({ row, text }));
  const sorted = longestFirst([...texts]).map(({ text }) => text);
  expect(sorted).toEqual(['ccc', 'aa', 'bb', 'a', 'b']);
  expect(longestFirst([...texts].reverse()).map(({ text }) => text)).toEqual(sorted);
});

describe('a batch', () => {
  it('holds as many rows as fit in the budget when padded to the longest', () => {
    const queue = byTokens(encoded([4, 10, 5, 5]));
    expect(lengthsOf(takeBatch(queue, 20, 'padded'))).toEqual([10, 5]);
    expect(lengthsOf(takeBatch(queue, 20, 'padded'))).toEqual([5, 4]);
    expect(queue).toEqual([]);
  });

  it('holds one row at least, however long', () => {
    expect(takeBatch(encoded([5000, 1]), 512, 'padded').rows).toHaveLength(1);
  });

  it('of equal lengths stops where the length changes', () => {
    const queue = encoded([7, 7, 7, 6]);
    expect(takeBatch(queue, 100, 'equal').rows).toHaveLength(3);
    expect(takeBatch(queue, 100, 'equal').rows).toHaveLength(1);
    expect(takeBatch(encoded([7, 7, 7]), 15, 'equal').rows).toHaveLength(2);
  });

  it('of stepped lengths holds rows that are padded alike, and fills no more than its budget', () => {
    const queue = encoded([200, 199, 193, 192, 185, 31, 30]);
    expect(takeBatch(queue, 1000, 'stepped', 512)).toMatchObject({ width: 200, rows: { length: 3 } });
    expect(takeBatch(queue, 383, 'stepped', 512)).toMatchObject({ width: 192, rows: { length: 1 } });
    expect(takeBatch(queue, 1000, 'stepped', 512)).toMatchObject({ width: 192, rows: { length: 1 } });
    expect(takeBatch(queue, 1000, 'stepped', 512)).toMatchObject({ width: 31, rows: { length: 1 } });
  });

  it('is a single row where rows must not share one', () => {
    expect(takeBatch(encoded([3, 3]), 100, 'single').rows).toHaveLength(1);
  });

  it('is packed end to end', () => {
    const { ids, lengths } = packBatch(encoded([1, 3]));
    expect(packBatch(encoded([1, 3]), 4).width).toBe(4);
    expect([...ids]).toEqual([0, 1, 1, 1]);
    expect([...lengths]).toEqual([1, 3]);
  });
});

describe('the length that a row is padded to', () => {
  it('follows from its own length, is at most a sixteenth more, and no more than the model reads', () => {
    const widths = Array.from({ length: 514 }, (_, length) => paddedLength(length, 514));
    expect(widths.slice(0, 33)).toEqual(Array.from({ length: 33 }, (_, length) => length));
    expect([33, 64, 65, 129, 200, 513].map((length) => widths[length])).toEqual([34, 64, 68, 136, 200, 514]);
    for (const [length, width] of widths.entries()) {
      expect(width).toBeGreaterThanOrEqual(length);
      expect(width).toBeLessThanOrEqual(length * (1 + 1 / 16));
      expect(paddedLength(width, 514)).toBe(width);
    }
    expect(new Set(widths.slice(128, 257)).size).toBe(17);
  });

  it('is its own where it is not known what the model reads', () => {
    expect(paddedLength(199, 0)).toBe(199);
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

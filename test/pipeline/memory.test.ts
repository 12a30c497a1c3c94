import { expect, test } from 'vitest';
import { cluster } from '../../src/index.js';
import { neededBytes, stateMemory } from '../../src/pipeline/memory.js';
import type { Progress } from '../../src/progress.js';

const million = { rows: 1_000_000, cols: 384, neighbors: 80, characters: 1e8 };

/** What is said, and what is thrown. */
function stated(load: typeof million, limit?: number) {
  const said: Progress[] = [];
  try {
    stateMemory(load, limit, { onProgress: (progress) => said.push(progress) });
    return { said: said.map(({ message }) => message) };
  } catch (error) {
    return { said: [], error };
  }
}

test('a large run says what it needs and what is there', () => {
  expect(stated(million, 64e9).said).toEqual([
    expect.stringMatching(
      /^1,000,000 texts × 384 numbers and 80 neighbours need about \d+(\.\d)? GB of memory; 64 GB are there$/,
    ),
  ]);
  expect(stated({ ...million, rows: 5000, characters: 1e6 }).said).toEqual([]);
});

test('a run that does not fit is refused with what it needs, what there is and what to do', () => {
  const { error } = stated(million, 4e9);
  expect(error).toMatchObject({ name: 'FailureError', code: 'OUT_OF_MEMORY', option: 'maxMemory' });
  expect(String(error)).toMatch(
    /need about .* GB of memory, and `maxMemory` is 4 GB; .*cluster a part of the rows/,
  );
  // No machine has this much.
  expect(String(stated({ ...million, rows: 1e12 }).error)).toMatch(/of memory, and .* GB are there;/);
});

test('more rows, numbers, neighbours or text need more', () => {
  const base = neededBytes(million);
  for (const [name, value] of Object.entries(million)) {
    expect(neededBytes({ ...million, [name]: 2 * value }), name).toBeGreaterThan(base);
  }
});

test('cluster() is refused before its long stages', async () => {
  const texts = Array.from({ length: 20 }, (_, row) => `text ${row}`);
  const vectors = { data: new Float32Array(60).map((_, at) => at % 7), rows: 20, cols: 3 };
  await expect(cluster(texts, { vectors, maxMemory: 0.01 })).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
});

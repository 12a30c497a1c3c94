import { expect, test } from 'vitest';
import { checkSizes } from '../../src/pipeline/decide.js';

/** What is said of sizes for ten rows. */
function said(tree: Parameters<typeof checkSizes>[0]['tree']): string[] {
  const lines: string[] = [];
  checkSizes({ tree, watch: { onProgress: ({ message }) => lines.push(message ?? '') } }, 10);
  return lines;
}

test('sizes that some topic can have are taken without a word', () => {
  expect(said({})).toEqual([]);
  expect(said({ minClusterSize: 10, minSamples: 9 })).toEqual([]);
  expect(said({ clusters: 10 })).toEqual([]);
});

test('a smallest topic of more rows than there are is a warning, and so is a core distance beyond the last of them', () => {
  expect(said({ minClusterSize: 11, minSamples: 20 })).toEqual([
    '--min-cluster-size 11 is more than the number of rows with text, 10, so no topic can be found; a smaller one, or none, allows topics',
  ]);
  expect(said({ minSamples: 10 })).toEqual([
    '--min-samples 10 is not less than the number of rows with text, 10, so no topic can be found; a smaller one, or none, allows topics',
  ]);
});

test('of exactly N topics only N matters, and more than there are rows are refused', () => {
  expect(said({ clusters: 2, minClusterSize: 11, minSamples: 20 })).toEqual([]);
  expect(() => said({ clusters: 11 })).toThrow(
    'clusters must be at most the number of rows with text, 10; got 11',
  );
});

import type { Clustering, RunFacts } from '../../src/output/index.js';
import type { Topic } from '../../src/shapes.js';

export const topic = (id: number, more: Partial<Topic> = {}): Topic => ({
  id,
  size: 2,
  persistence: 0.25,
  keywords: ['oil', 'barrel'],
  name: `Oil ${id}`,
  exemplars: [0],
  ...more,
});

/** Rows in turn in topic 0, topic 1 and none; the last has no place. */
export function clustering(rows: number): Clustering {
  const labels = Int32Array.from({ length: rows }, (_, row) => (row % 3 === 2 ? -1 : row % 3));
  const points = Float32Array.from({ length: rows * 2 }, (_, i) => Math.sin(i) * 10);
  if (rows > 0) points.fill(Number.NaN, rows * 2 - 2);
  return {
    labels,
    topics: [topic(0), topic(1)],
    probabilities: Float64Array.from(labels, (label) => (label < 0 ? 0 : 1 / 3)),
    points,
  };
}

export const run = (more: Partial<RunFacts> = {}): RunFacts => ({
  denscape: '1.2.3',
  source: 'news.csv',
  rows: 6,
  textColumns: ['title', 'description'],
  blankTexts: 1,
  topics: 2,
  noise: 2,
  parameters: { neighbors: 50, minClusterSize: 3, allowSingleCluster: false, seed: 42, store: null },
  ...more,
});

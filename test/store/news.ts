import { readFileSync } from 'node:fs';
import { hdbscan } from '../../src/hdbscan/index.js';
import type { Matrix, NeighborGraph } from '../../src/shapes.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/news/${name}`, import.meta.url));

function numbers<T>(name: string, make: (buffer: ArrayBuffer) => T): T {
  const bytes = fixture(name);
  return make(new Uint8Array(bytes).buffer);
}

/** The news rows as the store sees them; a text stands for each row. */
export const NEWS = 870;
export const newsVectors = (rows = NEWS): Matrix => ({
  data: numbers('vectors_870x384.f32', (buffer) => new Float32Array(buffer)).slice(0, rows * 384),
  rows,
  cols: 384,
});
export const newsTexts = (rows = NEWS): string[] =>
  Array.from({ length: rows }, (_, row) => `headline ${row}\nof the news`);
export const newsNeighbors = () => numbers('neighbours_870x50.i32', (buffer) => new Int32Array(buffer));
export const newsSquares = () =>
  numbers('squared_distances_870x50.f32', (buffer) => new Float32Array(buffer));

/** Labels that the oracle gives from the graph of 50 neighbours, min 3/3, numbered by first row. */
export const newsLabels = (): number[] =>
  (JSON.parse(fixture('expected.json').toString()) as Record<string, { labels: number[] }>)['graph-mcs3-ms3']
    .labels;

/** The same partition in one numbering: by first row, noise -1. */
function numbered(labels: ArrayLike<number>): number[] {
  const seen = new Map<number, number>();
  return Array.from(labels, (label) => {
    if (label < 0) return -1;
    if (!seen.has(label)) seen.set(label, seen.size);
    return seen.get(label) ?? -1;
  });
}

/** Clusters of a neighbour graph, and of the same graph with the original's squared distances. */
export async function partitions(graph: NeighborGraph): Promise<{ plain: number[]; squared: number[] }> {
  const options = { minClusterSize: 3, minSamples: 3 };
  const squared = { ...graph, distances: graph.distances.map((distance) => distance * distance) };
  return {
    plain: numbered((await hdbscan(graph, options)).labels),
    squared: numbered((await hdbscan(squared, options)).labels),
  };
}

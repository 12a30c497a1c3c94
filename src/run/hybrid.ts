import type { Documents } from '../pipeline/documents.js';
import type { NeighborGraph } from '../shapes.js';
import type { Columns } from './columns.js';

/** Column of run-rows.parquet, where the map lists rows that are near by meaning and words: `[[row, score], …]`, best first. */
const COLUMN = 'nearest_hybrid';

/** The nearest few of each document as texts, by rows of the table. */
export function hybridColumn(
  { indices, distances, rows, neighbors }: NeighborGraph,
  documents: Documents,
): { name: string; type: 'STRING'; data: string[] } {
  const data = new Array<string>(documents.count).fill('');
  for (let document = 0; document < rows; document++) {
    const near: [row: number, score: number][] = [];
    for (let slot = document * neighbors; slot < (document + 1) * neighbors; slot++) {
      if (indices[slot] >= 0) near.push([documents.rowOf(indices[slot]), distances[slot]]);
    }
    data[documents.rowOf(document)] = JSON.stringify(near);
  }
  return { name: COLUMN, type: 'STRING', data };
}

/** The same, read again; undefined where a run has none. */
export function hybridOf(rows: Columns, documents: Documents): NeighborGraph | undefined {
  if (!rows.has(COLUMN)) return undefined;
  const lists = documents
    .gather(rows.texts(COLUMN))
    .map((text) => JSON.parse(text) as [row: number, score: number][]);
  const neighbors = lists.reduce((most, { length }) => Math.max(most, length), 0);
  const indices = new Int32Array(lists.length * neighbors).fill(-1);
  const distances = new Float32Array(lists.length * neighbors).fill(Number.POSITIVE_INFINITY);
  const documentAt = new Map(Array.from(documents.tableRows, (row, document) => [row, document] as const));
  for (const [document, list] of lists.entries()) {
    for (const [place, [row, score]] of list.entries()) {
      indices[document * neighbors + place] = documentAt.get(row) ?? -1;
      distances[document * neighbors + place] = score;
    }
  }
  return { indices, distances, rows: lists.length, neighbors };
}

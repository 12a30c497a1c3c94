import type { Topic } from '../shapes.js';

/** What the outputs need of a table that was read. */
export interface Columns {
  columns: string[];
  rows: number;
  /** Column-major: `values[column][row]`. */
  values: (string | number | boolean | null)[][];
}

/** What clustering says of each row. */
export interface Clustering {
  /** A label a row, -1 for noise. */
  labels: Int32Array;
  topics: Topic[];
  probabilities: Float64Array;
  /** x0 y0 x1 y1 …; NaN where a row has no place. */
  points: Float32Array;
  /** GLOSH, a number a row. */
  outlierScores?: Float64Array;
}

/** A column that clustering adds to a table. */
export interface AddedColumn {
  name: string;
  kind: 'integer' | 'number' | 'text';
  at(row: number): string | number | null;
}

/**
 * The columns after the original ones: topic, topic_name, probability, x, y, and outlier_score where known. An
 * original column of the same name keeps it; ours then gets a number.
 */
export function addedColumns({ columns }: Columns, clustering: Clustering): AddedColumn[] {
  const { labels, topics, probabilities, points, outlierScores } = clustering;
  const names = new Map(topics.map(({ id, name }) => [id, name]));
  const number = (value: number) => (Number.isFinite(value) ? shortNumber(value) : null);
  const added: AddedColumn[] = [
    { name: 'topic', kind: 'integer', at: (row) => labels[row] },
    { name: 'topic_name', kind: 'text', at: (row) => names.get(labels[row]) ?? '' },
    { name: 'probability', kind: 'number', at: (row) => number(probabilities[row]) },
    { name: 'x', kind: 'number', at: (row) => number(points[2 * row]) },
    { name: 'y', kind: 'number', at: (row) => number(points[2 * row + 1]) },
  ];
  if (outlierScores)
    added.push({ name: 'outlier_score', kind: 'number', at: (row) => number(outlierScores[row]) });
  const taken = new Set(columns);
  for (const column of added) {
    let name = column.name;
    for (let n = 2; taken.has(name); n++) name = `${column.name}_${n}`;
    taken.add(name);
    column.name = name;
  }
  return added;
}

/** Seven significant digits: all that a float32 holds, and plenty for a probability. */
export const shortNumber = (value: number): number => Number(value.toPrecision(7));

import type { Hdbscan } from '../hdbscan/index.js';
import { insertInvalid } from '../hdbscan/invalid-rows.js';
import type { Matrix } from '../shapes.js';
import type { GivenRows } from '../themes/given.js';
import { bySize } from '../themes/groups.js';
import type { Grouping } from './grouping-result.js';

/** Topics that the caller named, and the rows that got one. */
export interface Given extends GivenRows {
  names: string[];
  /** Rows that got none, ascending: those that are clustered. */
  rest: Int32Array;
}

/** A fit of the rows without a given topic as one of all rows: the others are outside the tree, and as probable as they are sure. */
export function fitOfAll(fit: Hdbscan, { rest, topic, sure }: Given): Hdbscan {
  const rows = topic.length;
  if (rest.length === rows) return fit;
  const whole = insertInvalid(fit, rest, rows);
  const probabilities = whole.probabilities.map((value, row) => (topic[row] < 0 ? value : sure[row]));
  return { ...whole, probabilities, points: fit.points && spreadRows(fit.points, rest, rows) };
}

function spreadRows({ data, cols }: Matrix, places: Int32Array, rows: number): Matrix {
  const whole = new Float32Array(rows * cols).fill(Number.NaN);
  for (const [at, row] of places.entries()) whole.set(data.subarray(at * cols, (at + 1) * cols), row * cols);
  return { data: whole, rows, cols };
}

/** Topics found in the rest and given ones together, numbered by size. */
export function joinGiven<F extends Pick<Grouping, 'topics' | 'persistence' | 'assigned'>>(
  found: F,
  { topic, names }: Given,
): F {
  const { topics, persistence, assigned } = found;
  const joined = topics.labels.map((label, row) => (topic[row] < 0 ? label : topics.count + topic[row]));
  const all = bySize(joined);
  const kept = new Float64Array(all.count);
  for (let row = 0; row < joined.length; row++)
    if (joined[row] >= 0 && joined[row] < topics.count) kept[all.labels[row]] = persistence[joined[row]];
  return {
    ...found,
    topics: all,
    persistence: kept,
    assigned: assigned.map((flag, row) => (topic[row] < 0 ? flag : 1)),
    given: { topic, names },
  };
}

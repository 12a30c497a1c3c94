import { embedTexts } from '../embed/index.js';
import { UserError } from '../errors.js';
import type { Hdbscan } from '../hdbscan/index.js';
import { insertInvalid } from '../hdbscan/invalid-rows.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import { bySize } from '../themes/groups.js';
import { type GivenRows, nearGiven } from '../themes/given.js';
import { readGivenTopics, textsOf } from '../topics/given-topics.js';
import type { Grouping } from './grouping.js';

/** Topics that the caller named, and the rows that got one. */
export interface Given extends GivenRows {
  names: string[];
  /** Rows that got none, ascending: those that are clustered. */
  rest: Int32Array;
}

/** Assigns rows to the topics that the settings name; undefined where they name none. */
export async function assignGiven(
  { topics, embed }: Pick<Settings, 'topics' | 'embed'>,
  vectors: Matrix | undefined,
  graph: NeighborGraph,
  watch: Watch,
): Promise<Given | undefined> {
  if (topics.topics === undefined) return undefined;
  const given = await readGivenTopics(topics.topics);
  if (!vectors) {
    throw new UserError('topics are compared with vectors, which are not here; leave topics or neighbors out', {
      code: 'OPTION_INVALID',
      option: 'topics',
    });
  }
  const named = await topicVectors(given.map(textsOf), embed, watch);
  if (named.cols !== vectors.cols && vectors.rows > 0) {
    throw new UserError(
      `topics have ${named.cols} dimensions with this model, and the vectors of the rows ${vectors.cols}; name the model that made them with --model`,
      { code: 'VECTORS_INVALID', option: 'model' },
    );
  }
  const near = await nearGiven(vectors, graph, named, topics.topicReach, watch);
  const names = given.map(({ name }) => name);
  const rest = Int32Array.from(near.topic.keys()).filter((row) => near.topic[row] < 0);
  return { ...near, names, rest };
}

/** A unit vector for each topic: its name's and its examples' mean weigh the same. */
async function topicVectors(texts: string[][], embed: Settings['embed'], watch: Watch): Promise<Matrix> {
  const { vectors } = await embedTexts(texts.flat(), { ...embed, ...watch });
  const { cols } = vectors;
  const data = new Float32Array(texts.length * cols);
  let from = 0;
  for (const [topic, { length }] of texts.entries()) {
    const sum = new Float64Array(cols);
    for (let at = 0; at < length; at++) {
      const weight = at === 0 ? 1 : 1 / (length - 1);
      for (let c = 0; c < cols; c++) sum[c] += weight * vectors.data[(from + at) * cols + c];
    }
    const norm = Math.hypot(...sum) || 1;
    for (let c = 0; c < cols; c++) data[topic * cols + c] = sum[c] / norm;
    from += length;
  }
  return { data, rows: texts.length, cols };
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
  for (const [at, row] of places.entries())
    whole.set(data.subarray(at * cols, (at + 1) * cols), row * cols);
  return { data: whole, rows, cols };
}

/** The rows that are clustered. */
export const restOf = (vectors: Matrix | undefined, { rest }: Given): Matrix | undefined =>
  vectors && pickRows(vectors, rest);

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

import { embedTexts, listModels } from '../embed/index.js';
import { UserError } from '../errors.js';
import type { Hdbscan } from '../hdbscan/index.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import { type GivenRule, nearGiven } from '../themes/given.js';
import { readGivenTopics, textsOf } from '../topics/given-topics.js';
import { neighborsFor } from './analysis.js';
import type { Given } from './given-rows.js';
import { planTree } from './grouping.js';
import { openSearch, type Searched } from './search.js';
import { fitTree } from './tree.js';
import type { Space } from './vectors.js';

/** Assigns rows to the topics that the settings name; undefined where they name none. */
export async function assignGiven(
  { given: asked, embed }: Pick<Settings, 'given' | 'embed'>,
  vectors: Matrix | undefined,
  graph: NeighborGraph,
  watch: Watch,
): Promise<(Given & { rule: GivenRule }) | undefined> {
  if (asked.topics === undefined) return undefined;
  const given = await readGivenTopics(asked.topics);
  if (!vectors) {
    throw new UserError(
      'topics are compared with vectors, which are not here; leave topics or neighbors out',
      {
        code: 'OPTION_INVALID',
        option: 'topics',
      },
    );
  }
  const refuseOthers = (dimensions: number | undefined) => {
    if (dimensions === undefined || dimensions === vectors.cols || vectors.rows === 0) return;
    throw new UserError(
      `model must be the one that made the vectors, since topics are compared with them: it gives ${dimensions} numbers, and the vectors have ${vectors.cols}`,
      { code: 'VECTORS_INVALID', option: 'model' },
    );
  };
  // Before a model that is known not to fit is downloaded.
  refuseOthers(listModels().find(({ name }) => name === embed.model)?.dimensions);
  const named = await topicVectors(given.map(textsOf), embed, watch);
  refuseOthers(named.cols);
  const near = await nearGiven(vectors, graph, named, asked.topicReach, watch);
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

/** The tree over the rows without a given topic, which are searched for neighbours among themselves. */
export const fitRest = (vectors: Matrix, given: Given, settings: Settings, watch: Watch): Promise<Hdbscan> =>
  searchRest(vectors, given, settings, watch, ({ graph, search }, rest) => {
    const { tree } = settings;
    return fitTree(graph, rest, search, planTree(tree, rest.rows), tree, watch);
  });

/**
 * Searches the neighbours of the rows without a given topic among themselves; the search is open while `work` runs.
 * @param work also receives the vectors of these rows
 */
export async function searchRest<T>(
  vectors: Matrix,
  { rest }: Given,
  settings: Settings,
  watch: Watch,
  work: (searched: Searched, vectors: Matrix) => Promise<T>,
): Promise<T> {
  const own = pickRows(vectors, rest);
  const space: Space = { rows: own.rows, vectors: own, place: 'memory', truncated: 0, averaged: 0 };
  const search = await openSearch(space, { ...settings.neighbors, device: settings.embed.device }, watch);
  try {
    const graph = await search.neighbors(neighborsFor(settings, own.rows));
    return await work({ search, graph }, own);
  } finally {
    search.close();
  }
}

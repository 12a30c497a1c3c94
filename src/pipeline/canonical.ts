import type { NeighborGraph, Topic } from '../shapes.js';
import {
  canonicalOrder,
  placesOf,
  type RowOrder,
  takeFit,
  takeGraph,
  takeMatrix,
  takeRows,
} from '../themes/order.js';
import type { Analysis } from './analysis.js';
import type { Corpus } from './corpus.js';
import type { Described } from './describe.js';
import type { Space } from './vectors.js';

/** What was found, by documents. */
export interface Findings {
  analysis: Analysis;
  described: Described;
}

/** Documents in an order that depends on their content alone, so that the order of a file's rows can't change a result. */
interface Ordered {
  texts: string[];
  space: Space;
  /** Brings what was found in this order back into that of the documents. */
  toDocuments(analysis: Analysis, described: Described): Findings;
}

/** The documents of a corpus and their space in canonical order. */
export function inCanonicalOrder({ table, texts, documents }: Corpus, space: Space): Ordered {
  const own = documents.gather(texts);
  const cells = (document: number) =>
    JSON.stringify(table.values.map((column) => column[documents.rowOf(document)]));
  const order = canonicalOrder(own, space.vectors, cells);
  const places = placesOf(order);
  return {
    texts: Array.from(order, (document) => own[document]),
    space: spaceInOrder(space, order, places),
    toDocuments: (analysis, described) => ({
      analysis: analysisOfDocuments(analysis, order, places),
      described: describedDocuments(described, order, places),
    }),
  };
}

/** The same space with its documents in another order. */
function spaceInOrder(space: Space, order: RowOrder, places: Int32Array): Space {
  const { vectors, graph, search, recall } = space;
  const firstRows = Int32Array.from(order.keys());
  return {
    ...space,
    vectors: vectors && takeMatrix(vectors, order),
    graph: graph && takeGraph(graph, order, places),
    search:
      search &&
      (async (neighbors, watch, rows) => {
        const found = await search(
          neighbors,
          watch,
          rows?.map((row) => order[row]),
        );
        // A search for some rows returns them in the order in which they were given.
        return takeGraph(found, rows ? firstRows.subarray(0, rows.length) : order, places);
      }),
    recall: recall && ((found: NeighborGraph, watch) => recall(takeGraph(found, places, order), watch)),
  };
}

/** An analysis in another order as one of the documents in their own. */
function analysisOfDocuments(analysis: Analysis, order: RowOrder, places: Int32Array): Analysis {
  const { grouping, graph } = analysis;
  const { topics, themes, nearest } = grouping;
  return {
    ...analysis,
    fit: takeFit(analysis.fit, order, places),
    points: takeRows(analysis.points, places, 2),
    graph: takeGraph(graph, places, order),
    grouping: {
      ...grouping,
      topics: { ...topics, labels: takeRows(topics.labels, places) },
      themes: { ...themes, labels: takeRows(themes.labels, places) },
      assigned: takeRows(grouping.assigned, places),
      nearest: { topic: takeRows(nearest.topic, places), strength: takeRows(nearest.strength, places) },
      levels: grouping.levels.map((level) => ({ ...level, labels: takeRows(level.labels, places) })),
    },
  };
}

/** Names in another order as those of the documents in their own. */
function describedDocuments(described: Described, order: RowOrder, places: Int32Array): Described {
  const located = (topics: Topic[]) =>
    topics.map((topic) => ({ ...topic, exemplars: topic.exemplars.map((at) => order[at]) }));
  return {
    ...described,
    topics: located(described.topics),
    themes: located(described.themes),
    levels: described.levels.map((level) => ({
      ...level,
      groups: located(level.groups),
      labels: takeRows(level.labels, places),
    })),
  };
}

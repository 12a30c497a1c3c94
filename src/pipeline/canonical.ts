import type { Hdbscan } from '../hdbscan/index.js';
import { insertInvalid } from '../hdbscan/invalid-rows.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { Topic } from '../shapes.js';
import type { Groups } from '../themes/groups.js';
import {
  canonicalOrder,
  type RowOrder,
  takeFit,
  takeGraph,
  takeLines,
  takeMatrix,
  takeRows,
} from '../themes/order.js';
import type { Analysis } from './analysis.js';
import { withoutCopies } from './copies.js';
import type { Corpus } from './corpus.js';
import type { Described } from './describe.js';
import type { Grouping } from './grouping.js';
import type { SplitFindings } from './split-findings.js';
import type { Space } from './vectors.js';

/** What was found, by documents. */
export interface Findings {
  analysis: Analysis;
  described: Described;
  /** Documents that counted together with an earlier one of the same text. */
  copies: number;
  /** Of the parts that documents were divided into. */
  split?: SplitFindings;
}

/** Documents in an order that depends on their content alone, so that the order of a file's rows can't change a result. */
interface Ordered {
  /** Document at each place of the order. */
  order: RowOrder;
  /** Place of each document in the order. */
  places: Int32Array;
  texts: string[];
  space: Space;
  /** The space in the order of the documents, with a copy of the vectors. */
  documentSpace(): Space;
  /** How many documents each of them stands for: itself, and its copies where these count once. */
  counts: Int32Array;
  /** Brings what was found in this order back into that of the documents. */
  toDocuments(analysis: Analysis, described: Described): Findings;
}

/** The documents of a corpus and their space in canonical order, without copies where these count once. */
export async function inCanonicalOrder(
  { table, texts, documents }: Corpus,
  space: Space,
  tree: Settings['tree'],
  { signal }: Watch,
): Promise<Ordered> {
  const own = documents.gather(texts);
  const cells = (document: number) =>
    JSON.stringify(table.values.map((column) => column[documents.rowOf(document)]));
  const whole = await canonicalOrder(own, space.vectors, cells, signal);
  const { order, places, counts } = withoutCopies(whole, own, space.vectors, tree);
  const ordered = spaceInOrder(space, order, places);
  const { vectors: _, ...about } = space;
  return {
    order,
    places,
    texts: Array.from(order, (document) => own[document]),
    space: ordered,
    documentSpace: () => ({ ...about, vectors: ordered.vectors && takeMatrix(ordered.vectors, places) }),
    counts,
    toDocuments: (analysis, described) => ({
      analysis: analysisOfDocuments(analysis, order, places),
      described: describedDocuments(described, analysis.grouping, order, places),
      copies: places.length - order.length,
    }),
  };
}

/** The same space with its documents in another order; those that `order` leaves out take no part. */
function spaceInOrder(space: Space, order: RowOrder, places: Int32Array): Space {
  const { vectors, graph, server } = space;
  return {
    ...space,
    rows: order.length,
    vectors: vectors && takeMatrix(vectors, order),
    graph: graph && takeGraph(graph, order, places),
    search: server?.(order),
  };
}

/** An analysis in another order as one of the documents in their own. */
function analysisOfDocuments(analysis: Analysis, order: RowOrder, places: Int32Array): Analysis {
  return {
    ...analysis,
    fit: fitOfDocuments(analysis.fit, order, places),
    points: takeRows(analysis.points, places, 2),
    graph: takeGraph(analysis.graph, places, order),
    grouping: takeGrouping(analysis.grouping, places),
  };
}

/** A grouping whose row i was row `rows[i]`; sizes of groups stay as they are. */
export function takeGrouping(grouping: Grouping, rows: Int32Array): Grouping {
  const { topics, themes, nearest, assigned, given, levels } = grouping;
  return {
    ...grouping,
    topics: { ...topics, labels: takeRows(topics.labels, rows) },
    themes: { ...themes, labels: takeRows(themes.labels, rows) },
    assigned: takeRows(assigned, rows),
    given: given && { ...given, topic: takeRows(given.topic, rows) },
    nearest: { topic: takeRows(nearest.topic, rows), strength: takeRows(nearest.strength, rows) },
    levels: levels.map((level) => ({ ...level, labels: takeRows(level.labels, rows) })),
  };
}

/**
 * A fit in another order as one of the documents in their own. A copy that counted with its original has its label,
 * scores and line of the condensed tree, and no part in the rest of the tree: as a row without coordinates it is joined
 * at +∞ and has no core distance, so that another cut of the tree counts it as noise.
 */
function fitOfDocuments(fit: Hdbscan, order: RowOrder, places: Int32Array): Hdbscan {
  const rows = places.length;
  if (order.length === rows) return takeFit(fit, order, places);
  const whole = insertInvalid(fit, order, rows);
  const { condensedTree, points } = whole;
  const original = Int32Array.from(places, (place) => order[place]);
  return {
    ...whole,
    labels: takeRows(fit.labels, places),
    probabilities: takeRows(fit.probabilities, places),
    outlierScores: takeRows(fit.outlierScores, places),
    condensedTree: {
      ...condensedTree,
      parent: takeLines(condensedTree.parent, original),
      lambda: takeLines(condensedTree.lambda, original),
    },
    points: points && takeMatrix(points, places),
  };
}

/** Names in another order as those of the documents in their own; `grouping` counts the documents of each group. */
function describedDocuments(
  described: Described,
  grouping: Grouping,
  order: RowOrder,
  places: Int32Array,
): Described {
  const located = (topics: Topic[], { size }: Groups) =>
    topics.map((topic) => ({
      ...topic,
      size: size[topic.id],
      exemplars: topic.exemplars.map((at) => order[at]),
    }));
  return {
    ...described,
    topics: located(described.topics, grouping.topics),
    themes: located(described.themes, grouping.themes),
    levels: described.levels.map((level, at) => ({
      ...level,
      groups: located(level.groups, grouping.levels[at]),
      labels: takeRows(level.labels, places),
    })),
  };
}

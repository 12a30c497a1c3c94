import type { NeighborGraph, Topic } from '../shapes.js';
import { type RowOrder, takeFit, takeGraph, takeMatrix, takeRows } from '../themes/order.js';
import type { Analysis } from './analysis.js';
import type { Described } from './describe.js';
import type { Space } from './vectors.js';

/** The same space with its documents in another order. */
export function spaceInOrder(space: Space, order: RowOrder, places: Int32Array): Space {
  const { vectors, graph, search, recall } = space;
  const asAsked = Int32Array.from(order.keys());
  return {
    ...space,
    vectors: vectors && takeMatrix(vectors, order),
    graph: graph && takeGraph(graph, order, places),
    search:
      search &&
      (async (neighbors, watch, rows) => {
        const asked = rows?.map((row) => order[row]);
        const found = await search(neighbors, watch, asked);
        return takeGraph(found, asked ? asAsked.subarray(0, asked.length) : order, places);
      }),
    recall: recall && ((found: NeighborGraph, watch) => recall(takeGraph(found, places, order), watch)),
  };
}

/** An analysis in another order as one of the documents in their own. */
export function analysisOfDocuments(analysis: Analysis, order: RowOrder, places: Int32Array): Analysis {
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
export function describedDocuments(described: Described, order: RowOrder, places: Int32Array): Described {
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

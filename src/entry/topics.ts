// `denscape/topics`: topics and themes from a tree; keywords, names and examples of groups of texts.
import type { Hdbscan } from '../hdbscan/index.js';
import type { OptionsOf } from '../options/option.js';
import { resolveOptions } from '../options/resolve.js';
import { groupOptions } from '../options/tree.js';
import { groupRows, planTree } from '../pipeline/grouping.js';
import type { Matrix, NeighborGraph } from '../shapes.js';

export { averagedSpace } from '../layout/averaged.js';
export type { OnProgress, Progress, Stage, Watch } from '../progress.js';
export type { Matrix, NeighborGraph, Topic } from '../shapes.js';
export {
  type Describer,
  describeTopics,
  type Grouping,
  type NamedLevel,
  type NamingInput,
  type NamingSettings,
  nameLevels,
  nameTopics,
  openDescriber,
  type TopicAnswer,
} from '../topics/index.js';
export * from './errors.js';

/** Each option is described in docs/options.md. */
export type GroupOptions = OptionsOf<typeof groupOptions>;

/** Groups of rows, as `describeTopics` takes them. */
export interface RowGroups {
  /** Group of each row, 0 the largest; -1 for a row in none. */
  labels: Int32Array;
  /** Number of groups. */
  clusterCount: number;
}

/** Topics from a tree, the themes above them and the levels between. */
export interface TopicGroups {
  /** Groups found by density, as options say. */
  topics: RowGroups & {
    /** How deep each row is in its topic, 0 to 1. */
    probabilities: Float64Array;
    /** A number a topic: its stability relative to the most persistent cluster possible, 0 to 1. */
    persistence: Float64Array;
  };
  /** Larger groups; every row is in one. */
  themes: RowGroups;
  /** Finest first; none for too few rows, or without vectors. */
  levels: RowGroups[];
  /** 1 for a row whose topic `noise` or `clusters` gave it. */
  assigned: Uint8Array;
  /** The topic nearest to each row, -1 where there is none. */
  nearestTopics: Int32Array;
  /** How near: cosine to that topic's mean, 0 to 1. */
  nearestStrengths: Float64Array;
  /** One line: which smallest size was chosen, and why. */
  why: string;
}

/**
 * Topics as `cluster()` makes them: the tree is cut by sizes from the data, topics that are too large are divided, rows in no
 * topic get their nearest one, and themes are made above them.
 *
 * @param fit a tree over the rows, or over a layout of them; made with a small `minClusterSize`, such as 5, of which
 * larger ones can be chosen
 * @param rows the rows' nearest neighbours, and their unit vectors; themes need the vectors
 * @param options each is described in docs/options.md
 * @returns groups for `describeTopics`
 * @throws UserError for an invalid option
 * @throws the reason of `options.signal` when aborted
 * @example
 * const { topics, themes } = await groupTopics(fit, { graph, vectors });
 * const named = await describeTopics({ texts, vectors, ...topics });
 */
export async function groupTopics(
  fit: Hdbscan,
  rows: { graph: NeighborGraph; vectors?: Matrix },
  options: GroupOptions = {},
): Promise<TopicGroups> {
  const settings = resolveOptions(groupOptions, options);
  const plan = planTree(settings, rows.graph.rows);
  const { fit: cut, grouping } = await groupRows(fit, rows, plan, settings, settings);
  const { topics, nearest, themes, levels, persistence, assigned, choice } = grouping;
  return {
    topics: {
      labels: topics.labels,
      clusterCount: topics.count,
      probabilities: cut.probabilities,
      persistence,
    },
    themes: { labels: themes.labels, clusterCount: themes.count },
    levels: levels.map(({ labels, count }) => ({ labels, clusterCount: count })),
    assigned,
    nearestTopics: nearest.topic,
    nearestStrengths: nearest.strength,
    why: choice.topics,
  };
}

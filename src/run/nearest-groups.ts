import type { Settings } from '../options/table.js';
import type { Grouping } from '../pipeline/grouping.js';
import { type Matrix, pickRows } from '../shapes.js';
import { type Beside, besideOf, placeBeside, SPREAD_ROWS } from '../themes/beside.js';
import { type Groups, sizesOf } from '../themes/groups.js';
import { meansOfPlaces, nearestOfMeans } from '../themes/nearest.js';
import { type Sums, UnitRows } from '../themes/rows.js';

/** Topics and themes of a run as new rows are compared with them: by the rules that its own rows without a topic have. */
export interface RunGroups {
  grouping: Grouping;
  /** Sums of the rows of each topic: their unit vectors, with places behind them where there are some. */
  topics: Sums;
  /** Of each theme; undefined where themes stand for the nearest topics. */
  themes?: Sums;
  /** The reduced space, where topics were found in it: mean place of each topic, and how places stand next to vectors. */
  space?: { means: Float64Array; beside: Beside };
}

/**
 * @param fitted vectors of the run's rows
 * @param places of them in the reduced space, where topics were found in it
 * @param takesPart whether a row counts: copies do with their original
 */
export async function groupsOfRun(
  grouping: Grouping,
  fitted: Matrix,
  places: Matrix | undefined,
  takesPart: (row: number) => boolean,
  threads: number | undefined,
): Promise<RunGroups> {
  const counted = ({ labels, count }: Groups): Groups => {
    const own = labels.map((label, row) => (takesPart(row) ? label : -1));
    return { labels: own, count, size: sizesOf(own, count) };
  };
  const [topics, themes] = [counted(grouping.topics), counted(grouping.themes)];
  // The first rows may be of one kind, where the spread is to be that of all.
  const step = Math.max(1, Math.floor(fitted.rows / SPREAD_ROWS));
  const sample = Int32Array.from({ length: Math.ceil(fitted.rows / step) }, (_, at) => at * step);
  const beside = places && besideOf(pickRows(places, sample), pickRows(fitted, sample));
  const further = places && beside && placeBeside(places, beside);
  const rows = await UnitRows.open(fitted, topics.count + themes.count, threads, further);
  try {
    return {
      ...{ grouping, topics: await rows.sums(topics.labels, topics.count) },
      themes: grouping.levels.length > 0 ? await rows.sums(themes.labels, themes.count) : undefined,
      space: places && beside && { means: meansOfPlaces(places, topics), beside },
    };
  } finally {
    rows.close();
  }
}

/** What new rows are nearest to; −1 where there is none. */
export interface NearestGroups {
  topic: Int32Array;
  theme: Int32Array;
  /** Cosine of each row to the mean of a topic of each, 0 to 1. */
  strengthOf(topics: Int32Array): Promise<Float64Array>;
  /**
   * The topic of each row by its cluster, −1 for none: where a cluster was divided, the part whose mean vector is nearest, as rows of the
   * run come to parts.
   * @param parts topics that each cluster is divided into
   */
  topicsIn(clusters: Int32Array, parts: readonly (readonly number[])[]): Promise<Int32Array>;
  close(): void;
}

/**
 * The nearest topic of each new row, by the mean places where topics were found in the reduced space, else by the mean vectors, and the
 * nearest theme.
 * @param places of the new rows in the reduced space
 */
export async function nearestOfRun(
  groups: RunGroups,
  fresh: Matrix,
  places: Matrix | undefined,
  threads: number | undefined,
  watch: Settings['watch'],
): Promise<NearestGroups> {
  const { grouping, topics, themes, space } = groups;
  const count = topics.size.length;
  const placed = space && places;
  const further = placed && placeBeside(placed, space.beside);
  const work = fresh.rows * (count + grouping.themes.count);
  const rows = await UnitRows.open(fresh, work, threads, further);
  const none = () => new Int32Array(fresh.rows).fill(-1);
  try {
    const byVectors = async () =>
      count > 0 ? (await rows.nearest(topics.total, count, watch)).labels : none();
    const topic = placed
      ? await nearestOfMeans(placed, space.means, { ...watch, threads })
      : await byVectors();
    const theme =
      themes && themes.size.length > 0
        ? (await rows.nearestMean(themes, watch)).labels
        : topic.map((place) => (place < 0 ? -1 : themeOfTopic(grouping, place)));
    return {
      ...{ topic, theme },
      async strengthOf(of) {
        const cosines = await rows.cosines(topics.total, of, watch);
        return cosines.map((cosine) => Math.min(1, Math.max(0, cosine)));
      },
      topicsIn: (clusters, parts) => nearestParts(rows, groups, clusters, parts, watch),
      close: () => rows.close(),
    };
  } catch (error) {
    rows.close();
    throw error;
  }
}

/** The theme that stands for a topic and the rows nearest to it, where a run has no levels. */
const themeOfTopic = ({ nearest, themes }: Grouping, topic: number): number =>
  themes.labels[nearest.topic.indexOf(topic)] ?? -1;

/** Of the topics that rows of a cluster are in the one whose mean vector is nearest to each new row of that cluster. */
async function nearestParts(
  rows: UnitRows,
  { topics }: RunGroups,
  clusters: Int32Array,
  parts: readonly (readonly number[])[],
  watch: Settings['watch'],
): Promise<Int32Array> {
  const topic = clusters.map((cluster) => parts[cluster]?.[0] ?? -1);
  const among = Array.from(clusters, (cluster) => ((parts[cluster]?.length ?? 0) < 2 ? [] : parts[cluster]));
  const pairs = {
    rows: Int32Array.from(among.flatMap((own, row) => own.map(() => row))),
    labels: Int32Array.from(among.flat()),
  };
  const cosines = await rows.pairCosines(topics.total, pairs, watch);
  const most = new Float64Array(clusters.length).fill(Number.NEGATIVE_INFINITY);
  for (const [at, row] of pairs.rows.entries()) {
    if (cosines[at] <= most[row]) continue;
    most[row] = cosines[at];
    topic[row] = pairs.labels[at];
  }
  return topic;
}

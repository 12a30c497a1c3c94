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
  /** Numbers of a line of sums that are of the vectors. */
  cols: number;
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
      ...{ grouping, cols: fitted.cols, topics: await rows.sums(topics.labels, topics.count) },
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
  strengthOf(topics: Int32Array): Float64Array;
  close(): void;
}

/**
 * The nearest topic of each new row, by the mean places where topics were found in the reduced space, else by the mean vectors, and the
 * nearest theme.
 * @param places of the new rows in the reduced space
 */
export async function nearestOfRun(
  { grouping, topics, themes, space }: RunGroups,
  fresh: Matrix,
  places: Matrix | undefined,
  threads: number | undefined,
  watch: Settings['watch'],
): Promise<NearestGroups> {
  const count = topics.size.length;
  const placed = space && places;
  const further = placed && placeBeside(placed, space.beside);
  const work = fresh.rows * (count + grouping.themes.count);
  const rows = await UnitRows.open(fresh, work, threads, further);
  const none = () => new Int32Array(fresh.rows).fill(-1);
  try {
    const byVectors = async () =>
      count > 0 ? (await rows.nearest(topics.total, count, watch)).labels : none();
    const topic = placed ? await nearestOfMeans(placed, space.means, watch.signal) : await byVectors();
    const theme =
      themes && themes.size.length > 0
        ? (await rows.nearestMean(themes, watch)).labels
        : topic.map((place) => (place < 0 ? -1 : themeOfTopic(grouping, place)));
    return {
      ...{ topic, theme },
      strengthOf: (of) => rows.cosines(topics.total, of).map((cosine) => Math.min(1, Math.max(0, cosine))),
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

/** Of some topics the one whose mean vector is nearest to a new row, as rows come to parts where a cluster is divided; −1 of none. */
export function nearestPart(
  among: readonly number[],
  { topics: { total, size }, cols }: RunGroups,
  { data }: Matrix,
  row: number,
): number {
  if (among.length < 2) return among[0] ?? -1;
  const width = total.length / size.length;
  let nearest = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (const topic of among) {
    let dot = 0;
    let squares = 0;
    for (let t = 0; t < cols; t++) {
      const sum = total[topic * width + t];
      dot += sum * data[row * cols + t];
      squares += sum * sum;
    }
    const nearness = dot / (Math.sqrt(squares) || 1);
    if (nearness <= most) continue;
    most = nearness;
    nearest = topic;
  }
  return nearest;
}

import { percentOf } from '../counted.js';
import { RESULT_COLUMNS, type ResultColumn, type ResultKind } from '../result-columns.js';
import type { Topic, TopicLevel, TopicShare } from '../shapes.js';

/** What the outputs need of a table that was read. */
export interface Columns {
  columns: string[];
  rows: number;
  /** Column-major: `values[column][row]`. */
  values: (string | number | boolean | null)[][];
}

/** Results of clustering, by row. */
export interface Clustering {
  /** A label a row, -1 for noise. */
  labels: Int32Array;
  topics: Topic[];
  probabilities: Float64Array;
  /** x0 y0 x1 y1 …; NaN where a row has no place. */
  points: Float32Array;
  /** GLOSH, a number a row. */
  outlierScores?: Float64Array;
  /** A theme a row, -1 where it has no text. */
  themes?: Int32Array;
  themeTopics?: Pick<Topic, 'id' | 'name'>[];
  levels?: (Pick<TopicLevel, 'groups' | 'labels' | 'isTheme'> & Partial<TopicLevel>)[];
  /** For every row, in a topic or not; -1 where there is none. */
  nearestTopics?: Int32Array;
  /** 0 to 1: cosine to that topic's mean. */
  nearestStrengths?: Float64Array;
  /** 1 where an option gave the row its topic. */
  assigned?: Uint8Array;
  /** Topics of each row with their shares of its text, where parts of texts were clustered; none for a row without text. */
  topicShares?: readonly (readonly TopicShare[])[];
}

/** A column that clustering adds to a table. */
export interface AddedColumn {
  name: string;
  kind: ResultKind;
  at(row: number): string | number | boolean | null;
}

/**
 * The columns after the original ones: topic, topic_name, probability, x, y, and where known outlier_score, theme,
 * theme_name, nearest_topic, nearest_strength, assigned, topic_shares. An original column of the same name keeps it; ours then gets a
 * number.
 */
export function addedColumns({ columns }: Columns, clustering: Clustering): AddedColumn[] {
  const { labels, topics, probabilities, points, outlierScores } = clustering;
  const names = new Map(topics.map(({ id, name }) => [id, name]));
  const number = (value: number) => (Number.isFinite(value) ? shortNumber(value) : null);
  const added: AddedColumn[] = [
    resultColumn('topic', (row) => labels[row]),
    resultColumn('topic_name', (row) => names.get(labels[row]) ?? ''),
    resultColumn('probability', (row) => number(probabilities[row])),
    resultColumn('x', (row) => number(points[2 * row])),
    resultColumn('y', (row) => number(points[2 * row + 1])),
  ];
  if (outlierScores) added.push(resultColumn('outlier_score', (row) => number(outlierScores[row])));
  added.push(...groupingColumns(clustering));
  const taken = new Set(columns);
  for (const column of added) {
    let name = column.name;
    for (let n = 2; taken.has(name); n++) name = `${column.name}_${n}`;
    taken.add(name);
    column.name = name;
  }
  return added;
}

function groupingColumns(clustering: Clustering): AddedColumn[] {
  const { themes, themeTopics, nearestTopics, nearestStrengths, assigned, topicShares } = clustering;
  const added: AddedColumn[] = [];
  if (themes) {
    const names = new Map(themeTopics?.map(({ id, name }) => [id, name]));
    added.push(resultColumn('theme', (row) => themes[row]));
    added.push(resultColumn('theme_name', (row) => names.get(themes[row]) ?? ''));
  }
  if (nearestTopics) added.push(resultColumn('nearest_topic', (row) => nearestTopics[row]));
  if (nearestStrengths) {
    const at = (row: number) => (nearestTopics?.[row] === -1 ? null : shortNumber(nearestStrengths[row]));
    added.push(resultColumn('nearest_strength', at));
  }
  if (assigned) added.push(resultColumn('assigned', (row) => assigned[row] === 1));
  if (topicShares)
    added.push({ name: 'topic_shares', kind: 'text', at: (row) => sharesText(topicShares[row]) });
  return added;
}

/** A JSON object of shares by topic, in their order: `{"3":0.62,"7":0.38}`; null where there are none. */
const sharesText = (shares: readonly TopicShare[]): string | null =>
  shares.length === 0
    ? null
    : `{${shares.map(({ topic, share }) => `"${topic}":${shortNumber(share)}`).join(',')}}`;

/** Shares of a row's topics for people: `Battery 62 %; Delivery 38 %`. */
export function namedShares(
  shares: readonly TopicShare[],
  nameOf: (topic: number) => string | undefined,
): string | null {
  if (shares.length === 0) return null;
  return shares.map(({ topic, share }) => `${nameOf(topic) ?? 'no topic'} ${percentOf(share, 1)}`).join('; ');
}

const resultColumn = (name: ResultColumn, at: AddedColumn['at']): AddedColumn => ({
  name,
  kind: RESULT_COLUMNS[name],
  at,
});

/** Seven significant digits: all that a float32 holds, and plenty for a probability. */
export const shortNumber = (value: number): number => Number(value.toPrecision(7));

/** The texts of a topic's exemplars, best first: parts of rows where these were clustered. */
export const examplesOf = ({ exemplars, examples }: Topic, texts: readonly string[]): string[] =>
  examples ?? exemplars.map((row) => texts[row] ?? '');

import type { Topic, TopicLevel } from '../shapes.js';

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
}

/** A column that clustering adds to a table. */
export interface AddedColumn {
  name: string;
  kind: 'integer' | 'number' | 'text' | 'boolean';
  at(row: number): string | number | boolean | null;
}

/**
 * The columns after the original ones: topic, topic_name, probability, x, y, and where known outlier_score, theme,
 * theme_name, nearest_topic, nearest_strength, assigned. An original column of the same name keeps it; ours then gets a
 * number.
 */
export function addedColumns({ columns }: Columns, clustering: Clustering): AddedColumn[] {
  const { labels, topics, probabilities, points, outlierScores } = clustering;
  const names = new Map(topics.map(({ id, name }) => [id, name]));
  const number = (value: number) => (Number.isFinite(value) ? shortNumber(value) : null);
  const added: AddedColumn[] = [
    { name: 'topic', kind: 'integer', at: (row) => labels[row] },
    { name: 'topic_name', kind: 'text', at: (row) => names.get(labels[row]) ?? '' },
    { name: 'probability', kind: 'number', at: (row) => number(probabilities[row]) },
    { name: 'x', kind: 'number', at: (row) => number(points[2 * row]) },
    { name: 'y', kind: 'number', at: (row) => number(points[2 * row + 1]) },
  ];
  if (outlierScores)
    added.push({ name: 'outlier_score', kind: 'number', at: (row) => number(outlierScores[row]) });
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
  const { themes, themeTopics, nearestTopics, nearestStrengths, assigned } = clustering;
  const added: AddedColumn[] = [];
  if (themes) {
    const names = new Map(themeTopics?.map(({ id, name }) => [id, name]));
    added.push({ name: 'theme', kind: 'integer', at: (row) => themes[row] });
    added.push({ name: 'theme_name', kind: 'text', at: (row) => names.get(themes[row]) ?? '' });
  }
  if (nearestTopics) added.push({ name: 'nearest_topic', kind: 'integer', at: (row) => nearestTopics[row] });
  if (nearestStrengths) {
    const at = (row: number) => (nearestTopics?.[row] === -1 ? null : shortNumber(nearestStrengths[row]));
    added.push({ name: 'nearest_strength', kind: 'number', at });
  }
  if (assigned) added.push({ name: 'assigned', kind: 'boolean', at: (row) => assigned[row] === 1 });
  return added;
}

/** Seven significant digits: all that a float32 holds, and plenty for a probability. */
export const shortNumber = (value: number): number => Number(value.toPrecision(7));

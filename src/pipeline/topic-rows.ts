import type { Matrix } from '../shapes.js';
import type { TopicRow } from '../store/topics.js';
import type { ClusterResult } from './result.js';

/** Topics and themes as rows of a collection, with their centres: means of their rows' vectors, of unit length. */
export function topicRows(result: ClusterResult, vectors: Matrix): { rows: TopicRow[]; centres: Matrix } {
  const { topics, themeTopics, labels, themes } = result;
  const { cols } = vectors;
  const levels = [
    { level: 'topic', groups: topics, of: labels },
    { level: 'theme', groups: themeTopics, of: themes },
  ] as const;
  const rows = levels.flatMap(({ level, groups }) =>
    groups.map(
      ({ id, name, keywords, size }): TopicRow => ({
        key: `${level} ${id}`,
        level,
        number: id,
        name,
        keywords: keywords.join(', '),
        size,
      }),
    ),
  );
  const data = new Float32Array(rows.length * cols);
  let first = 0;
  for (const { groups, of } of levels) {
    for (const [at, { id }] of groups.entries()) data.set(centreOf(vectors, of, id), (first + at) * cols);
    first += groups.length;
  }
  return { rows, centres: { data, rows: rows.length, cols } };
}

function centreOf({ data, cols }: Matrix, labels: Int32Array, group: number): Float64Array {
  const sum = new Float64Array(cols);
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] !== group) continue;
    for (let j = 0; j < cols; j++) sum[j] += data[row * cols + j];
  }
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}

import { describe, expect, it } from 'vitest';
import { addedColumns } from '../src/output/rows.js';
import { RESULT_COLUMNS, readTargets } from '../src/result-columns.js';

describe('fields that receive results', () => {
  it.each<[string | string[], [string, string][]]>([
    ['cluster', [['cluster', 'topic']]],
    [
      'topic,topic_name, probability',
      [
        ['topic', 'topic'],
        ['topic_name', 'topic_name'],
        ['probability', 'probability'],
      ],
    ],
    [
      ['label', 'label_text=topic_name'],
      [
        ['label', 'topic'],
        ['label_text', 'topic_name'],
      ],
    ],
  ])('%j are read', (given, expected) => {
    expect(readTargets(given)?.map(({ field, column }) => [field, column])).toEqual(expected);
  });

  it.each(['a=nothing', 'a,a', 'a,,b', '', 'a=topic=theme', 'a=constructor'])('%j are refused', (given) => {
    expect(readTargets(given)).toBeUndefined();
  });

  it('have the names and kinds of the columns of clusters.csv', () => {
    const columns = addedColumns(
      { columns: [], rows: 1, values: [] },
      {
        labels: Int32Array.of(0),
        topics: [],
        probabilities: Float64Array.of(1),
        points: Float32Array.of(0, 0),
        outlierScores: Float64Array.of(0),
        themes: Int32Array.of(0),
        nearestTopics: Int32Array.of(0),
        nearestStrengths: Float64Array.of(1),
        assigned: Uint8Array.of(0),
      },
    );
    expect(Object.fromEntries(columns.map(({ name, kind }) => [name, kind]))).toEqual(RESULT_COLUMNS);
  });
});

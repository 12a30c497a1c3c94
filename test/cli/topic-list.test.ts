import { describe, expect, test } from 'vitest';
import { topicList } from '../../src/cli/topic-list.js';
import type { ClusterResult } from '../../src/pipeline/result.js';
import type { Topic } from '../../src/shapes.js';

const group = (id: number, name: string, size: number, parent?: number): Topic => ({
  ...{ id, name, size, persistence: 0.5, keywords: [name] },
  exemplars: [],
  parent,
});

function listed(themeTopics: Topic[], topics: Topic[], isWhole = false): string[] {
  const result = { themeTopics, topics, texts: [] } as unknown as ClusterResult;
  return topicList(result, 100, (text) => text, isWhole);
}

describe('the list of topics', () => {
  test('shows themes with their largest topics, under the numbers that commands take', () => {
    const topics = [...Array(15).keys()].map((id) => group(id, `topic ${id}`, 50 - id, id % 2));
    expect(listed([group(0, 'sports', 1200), group(1, 'science', 300)], topics)).toEqual([
      '  topic   rows  theme, and its largest topics',
      'theme 0  1,200  sports',
      ...[0, 2, 4, 6, 8, 10, 12, 14].map((id) => `${String(id).padStart(7)}     ${50 - id}    topic ${id}`),
      'theme 1    300  science',
      ...[1, 3, 5, 7, 9, 11, 13].map((id) => `${String(id).padStart(7)}     ${50 - id}    topic ${id}`),
    ]);
  });

  test('leaves topics out where there are many, and never a single one', () => {
    const themes = [...Array(10).keys()].map((id) => group(id, `theme ${id}`, 100));
    const topics = [...Array(33).keys()].map((id) => group(id, `topic ${id}`, 10, id % 10));
    const lines = listed(themes, topics);
    // Two topics a theme: the first three themes have four, the others three.
    expect(lines.filter((line) => line.includes('more'))).toEqual(
      Array(3).fill(`${' '.repeat(16)}  … and 2 topics more`),
    );
    expect(lines.filter((line) => line.includes('topic ') && !line.includes('more'))).toHaveLength(
      1 + 3 * 2 + 7 * 3,
    );
  });

  test('is of topics alone where themes are nearly the same groups', () => {
    const themes = [0, 1, 2].map((id) => group(id, `theme ${id}`, 10));
    const topics = [0, 1, 2, 3].map((id) => group(id, `topic ${id}`, 9 - id, id));
    expect(listed(themes, topics)).toEqual([
      'topic   rows  name',
      ...topics.map(({ id, size }) => `    ${id}      ${size}  topic ${id}`),
    ]);
  });

  test('names the twenty largest topics, and the file that has the rest', () => {
    const topics = (count: number) => [...Array(count).keys()].map((id) => group(id, `topic ${id}`, 5));
    expect(listed([], topics(21))).toHaveLength(22);
    expect(listed([], topics(22)).at(-1)?.trim()).toBe('… and 2 more in topics.csv');
    expect(listed([], [])).toEqual([]);
  });

  test('has all of them where they are asked for, those of no theme last', () => {
    const themes = [group(0, 'one', 40), group(7, 'two', 9)];
    const topics = [...Array(40).keys()].map((id) =>
      group(id, `topic ${id}`, 50 - id, id === 3 ? undefined : (id % 2) * 7),
    );
    const lines = listed(themes, topics, true);
    expect(lines).toHaveLength(1 + 2 + 40);
    expect(lines[0]).toBe('  topic   rows  theme, and its topics');
    expect(lines.filter((line) => line.startsWith('theme '))).toEqual([
      'theme 0     40  one',
      'theme 7      9  two',
    ]);
    expect(lines.at(-1)).toBe('      3     47  topic 3');
    expect(listed([], topics.slice(0, 30), true)).toHaveLength(31);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ClusterOptions, cluster } from '../../src/index.js';
import type { ClusterResult } from '../../src/pipeline/result.js';
import { openRun } from '../../src/run/run.js';
import { startChatServer } from '../helpers/chat-server.js';
import { testFolder } from '../helpers/folder.js';
import { readGivenNews } from '../helpers/given-news.js';

const SECTIONS = ['Business', 'Sci/Tech', 'Sports', 'World'];
const folder = testFolder();

let rows: { section: string; text: string }[];
let options: ClusterOptions;

beforeAll(async () => {
  ({ rows, options } = await readGivenNews());
});

describe("AG News' sections as given topics, with a fifth theme among the rows", () => {
  let result: ClusterResult;
  beforeAll(async () => {
    result = await cluster(rows, options);
  }, 120_000);
  const topicOf = (row: number) => result.topics[result.labels[row]];

  test('at least 0.80 of the rows that get a given topic are right', () => {
    const given = rows.flatMap(({ section }, row) =>
      topicOf(row)?.given ? [{ section, name: topicOf(row).name }] : [],
    );
    expect(given.length).toBeGreaterThan(300);
    expect(given.filter(({ section, name }) => section === name).length / given.length).toBeGreaterThan(0.8);
    expect(
      result.topics
        .filter((topic) => topic.given)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(SECTIONS);
  });

  test('rows of the fifth theme are topics of their own', () => {
    const culture = rows.flatMap(({ section }, row) => (section === 'Culture' ? [row] : []));
    expect(culture.filter((row) => topicOf(row)?.given)).toHaveLength(0);
    const own = new Set(culture.map((row) => result.labels[row]).filter((label) => label >= 0));
    const mostly = [...own].filter((label) => {
      const members = rows.filter((_, row) => result.labels[row] === label);
      return members.filter(({ section }) => section === 'Culture').length > (members.length * 2) / 3;
    });
    const found = culture.filter((row) => mostly.includes(result.labels[row]));
    expect(found.length).toBeGreaterThan(20);
  });

  test('every row says how sure it is, and surer rows are right more often', () => {
    const given = rows.flatMap(({ section }, row) =>
      topicOf(row)?.given
        ? [{ isRight: section === topicOf(row).name, sure: result.probabilities[row] }]
        : [],
    );
    expect(given.every(({ sure }) => sure > 0 && sure <= 1)).toBe(true);
    for (const [row, topic] of result.labels.entries())
      expect(result.assigned[row] === 1).toBe(topic >= 0 && result.topics[topic].given === true);
    const { given: facts = [] } = result.facts;
    expect(facts.map(({ name }) => name)).toEqual(SECTIONS);
    expect(facts.reduce((sum, { rows: own }) => sum + own, 0)).toBe(given.length);
  });

  test('files show the given topics, and a kept run opens with them', async () => {
    const report = join(folder.path, 'report.md');
    await result.writeReport(report);
    expect(readFileSync(report, 'utf8')).toMatch(/## Given topics[\s\S]*\| Sports \| \d+ \(/);
    const kept = join(folder.path, 'run');
    await result.save(kept);
    const run = await openRun(kept);
    expect(run.labels).toEqual(result.labels);
    expect(run.topics).toEqual(result.topics);
  });

  test('the order of the rows changes no assignment', async () => {
    const turned = await cluster([...rows].reverse(), options);
    const name = (found: ClusterResult, row: number) => {
      const topic = found.topics[found.labels[row]];
      return topic?.given ? topic.name : '';
    };
    expect(rows.map((_, row) => name(turned, rows.length - 1 - row))).toEqual(
      rows.map((_, row) => name(result, row)),
    );
  }, 120_000);
});

test('a language model does not rename given topics', async () => {
  const chat = await startChatServer((_, response) => response.writeHead(401).end());
  try {
    const found = await cluster(rows.slice(0, 300), {
      ...options,
      nameWith: { model: 'm', baseUrl: chat.baseUrl },
      cache: false,
    });
    const names = found.topics.filter(({ given }) => given).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    const asked = chat.requests.map(({ messages }) => messages[1].content);
    for (const { keywords } of found.topics.filter(({ given }) => given))
      expect(asked.some((prompt) => prompt.startsWith(`Keywords: ${keywords.join(', ')}`))).toBe(false);
  } finally {
    await chat.close();
  }
});

test('topics without vectors, with clusters, or of another model are refused in one line', async () => {
  const graph = { indices: Int32Array.of(1, 0), distances: Float32Array.of(1, 1), rows: 2, neighbors: 1 };
  await expect(cluster(['a', 'b'], { topics: ['x'], graph })).rejects.toThrow(
    /^topics can't be with `graph`/,
  );
  await expect(cluster(['a', 'b'], { topics: ['x'], clusters: 2 })).rejects.toThrow(
    /^topics can't be with `clusters`/,
  );
  const vectors = { data: Float32Array.of(1, 0, 0, 1), rows: 2, cols: 2 };
  await expect(cluster(['a', 'b'], { topics: ['x'], vectors, model: 'bge-m3' })).rejects.toThrow(
    'model must be the one that made the vectors, since topics are compared with them: it gives 1024 numbers, and the vectors have 2',
  );
});

test('all rows may be near given topics', async () => {
  const vector = (text: string) => (text.startsWith('a') ? [1, 0.1] : [0.1, 1]);
  const found = await cluster(
    Array.from({ length: 40 }, (_, row) => `${row % 2 ? 'a' : 'b'} ${row}`),
    { model: { id: 'two', embed: (texts) => texts.map(vector) }, topics: ['a', 'b'], layout: { epochs: 2 } },
  );
  expect(found.labels).toHaveLength(40);
});

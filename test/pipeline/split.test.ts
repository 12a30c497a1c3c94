import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ClusterOptions, type ClusterResult, cluster, openRun } from '../../src/index.js';
import { readTable } from '../../src/read/index.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

// Three subjects in three directions; a sentence's number turns it a little, so that no two vectors are equal.
const SUBJECTS = ['battery', 'screen', 'courier'];
const embedded: string[] = [];
const model: ClusterOptions['model'] = {
  id: 'subjects',
  embed: (texts) => {
    embedded.push(...texts);
    return texts.map((text) => {
      const number = Number(/\d+/.exec(text)?.[0] ?? 0);
      const turn = [Math.sin(number), Math.cos(number)].map((part) => part / 20);
      return [...SUBJECTS.map((subject) => (text.toLowerCase().includes(subject) ? 1 : 0)), ...turn];
    });
  },
};
const options: ClusterOptions = {
  text: 'text',
  split: 'sentences',
  model,
  cache: false,
  space: 'raw',
  minClusterSize: 5,
  layout: { epochs: 5 },
};

/** 30 characters each, so that shares are shares of sentences. */
const sentence = (subject: string, row: number, at: number): string =>
  `${`The ${subject} is odd, say ${row * 10 + at}`.padEnd(29, '_')}.`;

/** Row 0: battery, screen, screen. Row 1: screen, courier, courier … Row 20 has no text, row 21 a single sentence. */
const subjectsOf = (row: number): string[] => {
  const [first, second] = [SUBJECTS[row % 3], SUBJECTS[(row + 1) % 3]];
  return row === 20 ? [] : row === 21 ? [first] : [first, second, second];
};
const rows = Array.from({ length: 24 }, (_, row) => ({
  id: row,
  text: subjectsOf(row)
    .map((subject, at) => sentence(subject, row, at))
    .join(' '),
}));

let result: ClusterResult;
/** Number of the topic of each subject. */
let topicOf: Map<string, number>;
beforeAll(async () => {
  embedded.length = 0;
  result = await cluster(rows, options);
  topicOf = new Map(
    SUBJECTS.map((subject) => {
      const topic = result.topics.find(({ keywords }) => keywords.join(' ').includes(subject));
      return [subject, topic?.id ?? -1];
    }),
  );
});
const topic = (subject: string) => topicOf.get(subject) ?? -2;

describe('texts divided into sentences', () => {
  test('sentences are embedded, and three topics found in them', () => {
    expect(new Set(embedded)).toEqual(
      new Set(rows.flatMap(({ id }) => subjectsOf(id).map((subject, at) => sentence(subject, id, at)))),
    );
    expect(result.topics).toHaveLength(3);
    expect([...topicOf.values()].sort()).toEqual([0, 1, 2]);
  });

  test('a row has the topic of most of its text, and all of its topics with their shares', () => {
    const labels = rows.map(({ id }) => (id === 20 ? -1 : topic(subjectsOf(id).at(-1) ?? '')));
    expect([...result.labels]).toEqual(labels);
    expect(result.topicShares?.[0]).toEqual([
      { topic: topic('screen'), share: 2 / 3 },
      { topic: topic('battery'), share: 1 / 3 },
    ]);
    expect(result.topicShares?.[20]).toEqual([]);
    expect(result.topicShares?.[21]).toEqual([{ topic: topic('battery'), share: 1 }]);
    for (const { id } of rows) expect(result.topicShares?.[id]).toHaveLength(new Set(subjectsOf(id)).size);
  });

  test('sizes count rows by their main topic, mentions rows with a part, and exemplars come with their parts', () => {
    for (const { id, size, mentions, exemplars, examples } of result.topics) {
      expect(size).toBe(result.labels.filter((label) => label === id).length);
      expect(mentions).toBe(
        result.topicShares?.filter((shares) => shares.some((share) => share.topic === id)).length,
      );
      expect(examples).toHaveLength(exemplars.length);
      for (const [at, row] of exemplars.entries()) {
        expect(rows[row].text).toContain(examples?.[at]);
        expect(topic(SUBJECTS.find((subject) => examples?.[at].includes(subject)) ?? '')).toBe(id);
      }
    }
    const sizes = result.topics.map(({ size }) => size);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  test('the map has a place for each row with text, and the facts name the parts', () => {
    expect(result.points).toHaveLength(2 * rows.length);
    expect([...result.points.keys()].filter((at) => Number.isNaN(result.points[at]))).toEqual([40, 41]);
    expect(result.facts).toMatchObject({
      rows: 24,
      blankTexts: 1,
      noise: 1,
      split: { kind: 'sentences', parts: 67 },
    });
    const { kind, rows: from, texts, topics } = result.parts ?? { rows: [], texts: [], topics: [] };
    expect(kind).toBe('sentences');
    expect([...from.slice(0, 4)]).toEqual([0, 0, 0, 1]);
    expect(texts[1]).toBe(sentence('screen', 0, 1));
    expect([...topics.slice(0, 3)]).toEqual([topic('battery'), topic('screen'), topic('screen')]);
  });

  test('every file has the shares: CSV and Parquet as JSON of a cell, clusters.json as a list', async () => {
    const at = (name: string) => join(folder.path, name);
    await result.writeCsv(at('clusters.csv'));
    await result.writeParquet(at('clusters.parquet'));
    await result.writeJson(at('clusters.json'));
    await result.writeTopicsCsv(at('topics.csv'));
    await result.writeReport(at('report.md'));
    await result.writeMap(at('map.html'));
    const cells: Record<string, string>[] = parse(readFileSync(at('clusters.csv')), { columns: true });
    const first = `{"${topic('screen')}":0.6666667,"${topic('battery')}":0.3333333}`;
    expect(cells.map(({ topic_shares }) => topic_shares).slice(0, 1)).toEqual([first]);
    expect(cells[20].topic_shares).toBe('');
    const parquet = await readTable(at('clusters.parquet'));
    expect(parquet.values[parquet.columns.indexOf('topic_shares')][0]).toBe(first);
    const json = JSON.parse(readFileSync(at('clusters.json'), 'utf8'));
    expect(json.topicShares[0]).toEqual([
      { topic: topic('screen'), share: 0.6666667 },
      { topic: topic('battery'), share: 0.3333333 },
    ]);
    const schema = JSON.parse(readFileSync('docs/schema/clusters-1.schema.json', 'utf8'));
    const isValid = new Ajv2020({ strict: false }).compile(schema);
    expect(isValid(json), JSON.stringify(isValid.errors)).toBe(true);
    const topics: Record<string, string>[] = parse(readFileSync(at('topics.csv')), { columns: true });
    expect(topics[0].mentions).toBe(String(result.topics[0].mentions));
    expect(topics[0].example_1).toBe(result.topics[0].examples?.[0]);
    const report = readFileSync(at('report.md'), 'utf8');
    expect(report).toContain('| Parts clustered | 67 sentences;');
    expect(report).toContain('| mentioned in |');
  });

  test('any order of the rows gives the same', async () => {
    const order = rows.map((_, at) => (at * 7) % rows.length);
    const other = await cluster(
      order.map((row) => rows[row]),
      options,
    );
    expect(order.map((row) => result.labels[row])).toEqual([...other.labels]);
    expect(order.map((row) => result.topicShares?.[row])).toEqual(other.topicShares);
    expect(order.flatMap((row) => [...result.points.slice(2 * row, 2 * row + 2)])).toEqual([...other.points]);
  });

  test('a kept run opens with its shares, is renamed, and refuses rows, other cuts and predictions', async () => {
    const kept = join(folder.path, 'run');
    await result.save(kept);
    const run = await openRun(kept);
    expect(run.topicShares).toEqual(result.topicShares);
    expect([...run.labels]).toEqual([...result.labels]);
    expect(run.topics).toEqual(result.topics);
    expect(run.parts).toBeUndefined();
    const renamed = await run.rename({ topics: { 0: 'First' } });
    expect(renamed.topicShares).toEqual(result.topicShares);
    expect(renamed.topics[0].name).toBe('First');
    const refused = /a run of sentences \(split\), which keeps what was found of whole rows only/;
    await expect(run.add([{ text: 'New.' }])).rejects.toThrow(refused);
    await expect(run.recut({ clusters: 2 })).rejects.toThrow(refused);
    await expect(run.predict(['New.'])).rejects.toThrow(refused);
  });
});

test('equal sentences count once in clustering, and with their characters in shares', async () => {
  const footer = 'The courier is odd, say 7____.';
  const signed = rows.filter(({ text }) => text).map(({ id, text }) => ({ id, text: `${text} ${footer}` }));
  const { topics, topicShares, labels, facts } = await cluster(signed, { ...options, copies: 'once' });
  expect(facts.findings).toContain(
    '22 sentences repeat an earlier sentence and counted with it, once, in clustering and keywords',
  );
  const courier = topicShares?.[0].find(({ share }) => share === 1 / 4);
  expect(topicShares?.[0].map(({ share }) => share)).toEqual([1 / 2, 1 / 4, 1 / 4]);
  expect(topics.find(({ id }) => id === courier?.topic)?.mentions).toBeGreaterThanOrEqual(1);
  expect(labels.every((label) => label >= 0)).toBe(true);
});

test('a topic that is the main one of no row is listed last, with its mentions', async () => {
  const texts = Array.from({ length: 12 }, (_, row) => ({
    text: `${sentence(SUBJECTS[row % 2], row, 0)} ${sentence(SUBJECTS[row % 2], row, 1)} Courier ${row}.`,
  }));
  const { topics, labels, topicShares } = await cluster(texts, options);
  expect(topics.map(({ size }) => size)).toEqual([6, 6, 0]);
  expect(topics[2].mentions).toBe(12);
  expect(labels).not.toContain(2);
  expect(topicShares?.[3].map(({ topic: id }) => id)).toEqual([labels[3], 2]);
});

test('paragraphs are parts too, and --clusters may ask for more topics than there are rows', async () => {
  const text = SUBJECTS.flatMap((subject) =>
    Array.from({ length: 6 }, (_, at) => `${subject} ${at}. More about ${subject}.`),
  ).join('\n\n');
  const found = await cluster([{ text }, { text: 'The screen 9.' }], {
    ...options,
    split: 'paragraphs',
    clusters: 3,
  });
  expect(found.facts.split).toEqual({ kind: 'paragraphs', parts: 19 });
  expect(found.topicShares?.[0]).toHaveLength(3);
  expect(found.labels[1]).toBe(found.topicShares?.[1][0].topic);
  await expect(cluster([{ text }], { ...options, split: 'paragraphs', clusters: 19 })).rejects.toThrow(
    'clusters must be at most the number of paragraphs, 18; got 19',
  );
});

test('a smallest topic is compared with the number of parts, not of rows', async () => {
  const text = Array.from({ length: 6 }, (_, at) => `The screen ${at}.`).join(' ');
  const warned = async (minClusterSize: number) => {
    const warnings: string[] = [];
    await cluster([{ text }], {
      ...options,
      minClusterSize,
      onProgress: ({ level, message }) => level === 'warning' && warnings.push(message ?? ''),
    });
    return warnings.filter((line) => line.includes('--min-cluster-size'));
  };
  expect(await warned(6)).toEqual([]);
  expect(await warned(7)).toEqual([
    '--min-cluster-size 7 is more than the number of sentences, 6, so no topic can be found; a smaller one, or none, allows topics',
  ]);
});

test('no rows, rows without text and too few parts for topics are no failure', async () => {
  expect((await cluster([], options)).topicShares).toEqual([]);
  const found = await cluster([{ text: 'The battery.' }, { text: '' }], options);
  expect(found.topicShares).toEqual([[{ topic: -1, share: 1 }], []]);
  expect([...found.labels]).toEqual([-1, -1]);
});

test('what gives one vector a row, or acts on whole rows, is refused before anything is read', async () => {
  const refuse = (more: ClusterOptions, message: RegExp) =>
    expect(cluster('no-such-file.csv', { split: 'sentences', ...more })).rejects.toThrow(message);
  const vectors = { data: new Float32Array(4), rows: 2, cols: 2 };
  await refuse(
    { vectors },
    /^split can't be with `vectors`: it has one vector for each row, and parts need their own; leave/,
  );
  await refuse({ store: { uri: './news.db', collection: 'news' } }, /^split can't be with `store\.uri`/);
  await refuse(
    { facet: { question: 'Why?', model: 'small', baseUrl: 'http://localhost:1' } },
    /^split can't be with `facet\.question`: its answers are about whole texts/,
  );
  await refuse({ edits: [{ do: 'drop', topic: 1 }] }, /^split can't be with `edits`/);
  const graph = { indices: new Int32Array(2), distances: new Float32Array(2), rows: 2, neighbors: 1 };
  await refuse({ graph }, /^split can't be with `graph`/);
  await expect(cluster('x.csv', { split: 'words' as 'sentences' })).rejects.toThrow(
    'split must be one of sentences, paragraphs; got "words"',
  );
});

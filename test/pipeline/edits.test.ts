import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyEdits, type Edit, editsFile, fingerprint } from '../../src/edits/edits.js';
import { type ClusterOptions, type ClusterResult, cluster, openRun } from '../../src/index.js';

const NEWS = new URL('../fixtures/news/', import.meta.url).pathname;
const bytes = readFileSync(join(NEWS, 'vectors_870x384.f32'));
const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
const folder = mkdtempSync(join(tmpdir(), 'denscape-edits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (options: ClusterOptions = {}) =>
  cluster(join(NEWS, 'ag_news_870.csv'), {
    text: ['title', 'description'],
    vectors: { data, rows: 870, cols: 384 },
    ...options,
  });

describe('edits.json', () => {
  let found: ClusterResult;
  let edits: Edit[];
  const path = join(folder, 'edits.json');

  beforeAll(async () => {
    found = await run();
    const [first, second, third] = found.topics;
    const rows = [...found.labels.keys()].filter((row) => found.labels[row] === first.id).slice(0, 5);
    const prints = rows.map((row) => fingerprint(found.texts[row]));
    edits = [
      { do: 'rename', topic: first.id, name: 'Named by hand' },
      { do: 'merge', topics: [third.id], into: second.id },
      { do: 'split', topic: 500, name: 'Taken out', keywords: ['taken'], texts: { rows, prints } },
      { do: 'note', topic: first.id, note: 'read' },
      { do: 'drop', topic: 400 },
      { do: 'rename', theme: found.themeTopics[0].id, name: 'Theme by hand' },
    ];
    writeFileSync(path, JSON.stringify(editsFile(edits)));
  });

  test('is replayed by the same run: topics, names, sizes, facts, and what could not be', async () => {
    const wanted = applyEdits(found, edits, (row) => fingerprint(found.texts[row]));
    const { labels, topics, themeTopics, levels, nearestTopics, facts } = await run({ edits: path });
    expect([...labels]).toEqual([...wanted.labels]);
    expect(topics).toEqual(wanted.topics);
    expect(topics[0].name).toBe('Named by hand');
    expect(themeTopics[0]).toEqual({ ...found.themeTopics[0], name: 'Theme by hand' });
    expect(levels.find(({ isTheme }) => isTheme)?.groups[0].name).toBe('Theme by hand');
    expect(topics.at(-1)).toMatchObject({ id: 500, size: 5, name: 'Taken out' });
    expect(facts.topics).toBe(found.topics.length);
    expect(facts.noise).toBe(labels.filter((label) => label < 0).length);
    expect(facts.findings).toContain('6 edits by hand were replayed');
    expect(facts.findings).toContain('edit 5, drop: there is no topic 400');
    // A row nearest to the topic that was merged away is nearest to that which took it.
    const ids = new Set(topics.map(({ id }) => id));
    expect(nearestTopics.every((topic) => topic < 0 || ids.has(topic))).toBe(true);
    const inCode = await run({ edits });
    expect([...inCode.labels]).toEqual([...labels]);
  });

  test('is kept by a saved run, without the file', async () => {
    const edited = await run({ edits: path });
    const saved = join(folder, 'run');
    await edited.save(saved);
    const opened = await openRun(saved);
    expect([...opened.labels]).toEqual([...edited.labels]);
    expect(opened.topics.map(({ id, name, size }) => [id, name, size])).toEqual(
      edited.topics.map(({ id, name, size }) => [id, name, size]),
    );
    expect(opened.themeTopics[0].name).toBe('Theme by hand');
  });

  test('hold for rows that are added to a saved run', async () => {
    const edited = await run({ edits, space: 'raw', minClusterSize: 5, layout: { epochs: 10 } });
    const saved = join(folder, 'grows');
    await edited.save(saved);
    const more = [0, 1, 2].map((row) => ({ title: edited.texts[row].split('\n')[0], description: 'again' }));
    const vectors = { data: data.slice(0, 3 * 384), rows: 3, cols: 384 };
    const grown = await (await openRun(saved)).add(more, { vectors });
    expect(grown.facts.rows).toBe(873);
    expect(grown.facts.findings).toContain('6 edits by hand were replayed');
    const named = (name: string) => grown.topics.find((topic) => topic.name === name);
    const earlier = (name: string) => edited.topics.find((topic) => topic.name === name);
    for (const name of ['Named by hand', 'Taken out']) {
      expect(earlier(name)).toBeDefined();
      expect([name, named(name)?.id]).toEqual([name, earlier(name)?.id]);
    }
    expect(named('Taken out')?.size).toBe(5);
    expect(grown.themeTopics.map(({ name }) => name)).toContain('Theme by hand');
    const reopened = await openRun(saved);
    expect([...reopened.labels]).toEqual([...grown.labels]);
  });

  test.each([
    ['missing.json', null, /edits .*missing\.json: there is no such file; give the edits\.json/],
    ['text.json', 'hello', /it is not JSON/],
    ['other.json', '{"a":1}', /"denscape" must be "edits\/1"/],
    [
      'odd.json',
      '{"denscape":"edits/1","edits":[{"do":"rename","topic":0}]}',
      /edit 1 needs "topic" and "name"/,
    ],
  ])('%s is refused before any work', async (name, content, message) => {
    const file = join(folder, name);
    if (content !== null) writeFileSync(file, content);
    await expect(run({ edits: file, text: ['no such column'] })).rejects.toThrow(message);
  });
});

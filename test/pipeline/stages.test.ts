// cluster() is a composition of what the package's entries export: the same steps, called one by one, give the same result.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { embed } from '../../src/entry/embed.js';
import { openSearcher } from '../../src/entry/neighbors.js';
import { chooseText, documents, readTable } from '../../src/entry/read.js';
import { averagedSpace, describeTopics, groupTopics } from '../../src/entry/topics.js';
import { hdbscan } from '../../src/hdbscan/index.js';
import { cluster } from '../../src/index.js';
import { layout } from '../../src/layout/index.js';
import { canonicalOrder } from '../../src/themes/order.js';
import { testFolder } from '../helpers/folder.js';
import { newsVectors } from '../store/news.js';

const folder = testFolder();
const stored = newsVectors();
const NEWS = new URL('../fixtures/news/ag_news_870.csv', import.meta.url).pathname;

/** A model that knows the stored vectors by their texts. */
const modelOf = (texts: string[]) => ({
  embed: (some: string[]) =>
    some.map((text) => stored.data.subarray(texts.indexOf(text) * 384, (texts.indexOf(text) + 1) * 384)),
});

/** The news in the order that cluster() works in, so that its results and those of the stages have the same rows. */
async function orderedNews(): Promise<{ path: string; texts: string[] }> {
  const texts = await documents(await readTable(NEWS), ['title', 'description']);
  const { vectors } = await embed(texts, { model: modelOf(texts), cache: false });
  const order = await canonicalOrder(texts, vectors);
  const path = join(folder.path, 'news.jsonl');
  const line = (row: number) => {
    const [title, ...description] = texts[row].split('\n');
    return JSON.stringify({ title, description: description.join('\n') });
  };
  writeFileSync(path, Array.from(order, line).join('\n'));
  return { path, texts };
}

async function stages(path: string, model: ReturnType<typeof modelOf>, space: 'raw' | 'reduced') {
  const table = await readTable(path);
  const texts = await documents(table, chooseText(table).columns);
  const { vectors } = await embed(texts, { model, cache: false });
  const searcher = await openSearcher(vectors);
  const graph = await searcher.search(80);
  const minSamples = space === 'raw' ? 3 : Math.round((Math.sqrt(texts.length) * 3) / 16);
  const tree = { minClusterSize: 5, minSamples };
  const fit =
    space === 'raw'
      ? await hdbscan(graph, { ...tree, points: vectors, scanner: searcher })
      : await hdbscan(await averagedSpace(graph, vectors), tree);
  searcher.close();
  const groups = await groupTopics(
    fit,
    { graph, vectors },
    space === 'raw' ? { space, minClusterSize: 5 } : {},
  );
  const { points } = await layout(graph, { vectors, epochs: 20 });
  const { topics } = await describeTopics({ texts, vectors, ...groups.topics });
  return { fit, groups, points, topics };
}

test.each(['raw', 'reduced'] as const)(
  'the public stages give labels, themes, places and names of cluster(): %s',
  async (space) => {
    const { path, texts } = await orderedNews();
    const model = modelOf(texts);
    const sizes = space === 'raw' ? ({ space, minClusterSize: 5, minSamples: 3 } as const) : {};
    const whole = await cluster(path, { model, cache: false, layout: { epochs: 20 }, ...sizes });
    const { fit, groups, points, topics } = await stages(path, model, space);
    expect(Array.from(groups.topics.labels)).toEqual(Array.from(whole.labels));
    expect(Array.from(groups.themes.labels)).toEqual(Array.from(whole.themes));
    expect(Array.from(groups.nearestTopics)).toEqual(Array.from(whole.nearestTopics));
    expect(groups.levels.map(({ clusterCount }) => clusterCount)).toEqual(
      whole.levels.map(({ groups: level }) => level.length),
    );
    expect(points).toEqual(whole.points);
    expect(topics.map(({ name, exemplars }) => [name, exemplars])).toEqual(
      whole.topics.map(({ name, exemplars }) => [name, exemplars]),
    );
    expect(whole.topics.length).toBeGreaterThan(5);
    expect(fit.exactness.certified).toBe(true);
  },
);

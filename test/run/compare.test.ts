import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ClusterResult, cluster, compareRuns } from '../../src/index.js';
import { commonRows } from '../../src/run/compare.js';
import { comparePage } from '../../src/run/compare-page.js';
import { openChromium } from '../helpers/chromium.js';
import { testFolder } from '../helpers/folder.js';
import { type News, range, readNews } from './news.js';

const folder = testFolder();
let news: News;
let first: ClusterResult;
let second: ClusterResult;
const clustered = (rows: readonly number[], minClusterSize: number) =>
  cluster(
    rows.map((row) => ({ ...news.rows[row], n: row })),
    { text: ['title', 'description'], minClusterSize, layout: { epochs: 20 }, vectors: news.vectors(rows) },
  );

beforeAll(async () => {
  news = await readNews();
  first = await clustered(range(0, 500), 6);
  second = await clustered(range(100, 700), 10);
});

describe('two runs', () => {
  test('of the same result agree in every row', () => {
    const found = compareRuns(first, first);
    expect(found.agreement).toMatchObject({ adjustedRand: 1, normalizedMutualInformation: 1 });
    expect(found.changed.rows).toBe(0);
    expect(found.common).toBe(500);
    expect(found.topics.every(({ a, b, overlap }) => a?.id === b?.id && overlap === 1)).toBe(true);
  });

  test('have the rows of the same text in common, or of the same id', () => {
    const found = compareRuns(first, second);
    expect([found.common, found.a.alone, found.b.alone]).toEqual([400, 100, 200]);
    expect(compareRuns(first, second, { id: 'n' })).toEqual(found);
    expect(() => compareRuns(first, second, { id: 'none' })).toThrow(/has no column none for ids/);
    const { a, b } = commonRows(first, second);
    expect([a[0], b[0]]).toEqual([100, 0]);
  });

  test('have blank texts in common, as many as both have', async () => {
    const blank = { title: '', description: '' };
    const rows = [...range(0, 40).map((row) => news.rows[row]), blank, blank];
    const options = { text: ['title', 'description'], layout: { epochs: 2 } };
    const vectors = news.vectors([...range(0, 40), 0, 0]);
    const run = await cluster(rows, { ...options, vectors });
    expect(compareRuns(run, run)).toMatchObject({ common: 42, a: { alone: 0 } });
  });

  test('name every topic once, those that correspond together', () => {
    const { topics, agreement, changed } = compareRuns(first, second);
    const ids = (side: 'a' | 'b') => topics.flatMap((pair) => pair[side]?.id ?? []).sort((x, y) => x - y);
    expect(ids('a')).toEqual(first.topics.map(({ id }) => id));
    expect(ids('b')).toEqual(second.topics.map(({ id }) => id));
    const both = topics.filter(({ a, b }) => a && b);
    expect(both.length).toBeGreaterThan(5);
    for (const { a, b, shared, overlap } of both) {
      const rows = range(0, 400).filter(
        (at) => first.labels[100 + at] === a?.id && second.labels[at] === b?.id,
      );
      expect(rows).toHaveLength(shared);
      expect(overlap).toBeCloseTo(shared / ((a?.common ?? 0) + (b?.common ?? 0) - shared), 12);
    }
    expect(agreement.adjustedRand ?? 0).toBeGreaterThan(0.2);
    expect(changed.rows).toBeGreaterThan(0);
    expect(changed.examples).toHaveLength(Math.min(20, changed.rows));
  });
});

test('the page draws both maps, shows a topic in both, and needs no network', async () => {
  const hostile = { ...news.rows[100], title: '</script><script>document.title="owned"</script>' };
  const odd = await cluster([hostile, ...range(101, 160).map((row) => news.rows[row])], {
    text: ['title', 'description'],
    minClusterSize: 4,
    layout: { epochs: 5 },
    vectors: news.vectors(range(100, 160)),
  });
  const comparison = compareRuns(first, odd);
  const path = join(folder.path, 'compare.html');
  writeFileSync(path, comparePage(comparison, first, odd, commonRows(first, odd)));
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('request', (request) => !request.url().startsWith('file:') && problems.push(request.url()));
    await page.goto(`file://${path}`);
    expect(await page.title()).toBe('Two runs');
    // Pixels that aren't white, before and after a topic is chosen.
    const ink = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('canvas')].map((canvas) => {
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
          let sum = 0;
          for (let at = 3; at < data.length; at += 4) sum += data[at];
          return sum;
        }),
      );
    const before = await ink();
    expect(before.every((sum) => sum > 10_000)).toBe(true);
    await page.click('button[data-a]');
    const after = await ink();
    expect(after[0]).toBeLessThan(before[0]);
    await page.hover('canvas >> nth=0');
    const box = (await page.locator('canvas').nth(0).boundingBox())!;
    for (let step = 1; step < 40; step++)
      await page.mouse.move(box.x + (box.width * step) / 40, box.y + box.height / 2);
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
  }
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
    for (const { a, b, mostIn } of topics) {
      if (a && b) expect(mostIn).toBeUndefined();
      else if (mostIn) expect(mostIn.shared / ((a ?? b)?.common ?? 0)).toBe(mostIn.share);
    }
    expect(agreement.adjustedRand ?? 0).toBeGreaterThan(0.2);
    expect(changed.rows).toBeGreaterThan(0);
    expect(changed.examples).toHaveLength(Math.min(20, changed.rows));
  });
});

test('topics that are divided or joined are those whose rows are in several topics', () => {
  const { splits, merges } = compareRuns(first, second);
  expect(splits.length + merges.length).toBeGreaterThan(2);
  const inBoth = (a: number, b: number) =>
    range(0, 400).filter((at) => first.labels[100 + at] === a && second.labels[at] === b).length;
  for (const { id, common, parts } of splits) {
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts)
      expect([part.shared, part.share]).toEqual([inBoth(id, part.id), part.shared / common]);
  }
  for (const { id, parts } of merges) for (const part of parts) expect(part.shared).toBe(inBoth(part.id, id));
});

describe('the page', () => {
  let browser: Awaited<ReturnType<typeof openChromium>>;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser.close());

  /** The page of two runs, opened, with everything that went wrong on it. */
  async function opened(name: string, a: ClusterResult, b: ClusterResult, width = 1280) {
    const path = join(folder.path, name);
    writeFileSync(path, comparePage(compareRuns(a, b), a, b, commonRows(a, b)));
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('request', (request) => !request.url().startsWith('file:') && problems.push(request.url()));
    await page.goto(`file://${path}`);
    return { page, problems };
  }

  /** Of the rows of the first map that both runs have and that are in a topic there, the one that is farthest from any other. */
  function loneRow(): number {
    const { points, labels } = first;
    const nearest = (row: number) =>
      Math.min(
        ...range(0, 500)
          .filter((other) => other !== row)
          .map((other) =>
            Math.hypot(points[2 * row] - points[2 * other], points[2 * row + 1] - points[2 * other + 1]),
          ),
      );
    const rows = range(100, 500).filter((row) => labels[row] >= 0);
    return rows.reduce((best, row) => (nearest(row) > nearest(best) ? row : best));
  }

  /** How much is drawn on each map. */
  const inkOf = (page: Awaited<ReturnType<typeof browser.newPage>>) =>
    page.evaluate(() =>
      [...document.querySelectorAll('canvas')].map((canvas) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        let sum = 0;
        for (let at = 3; at < data.length; at += 4) sum += data[at];
        return sum;
      }),
    );

  test('draws both maps, shows topics and rows in both, and needs no network', async () => {
    const { page, problems } = await opened('two.html', first, second);
    const before = await inkOf(page);
    expect(before.every((sum) => sum > 10_000)).toBe(true);
    // A table's line.
    await page.click('button[data-a]');
    const chosen = await inkOf(page);
    for (const side of [0, 1]) expect(chosen[side]).toBeLessThan(before[side]);
    expect(await page.getAttribute('button[data-a]', 'aria-pressed')).toBe('true');
    await page.keyboard.press('Escape');
    expect(await inkOf(page)).toEqual(before);
    const row = loneRow();
    const spot = await page.evaluate((at) => {
      const { maps } = JSON.parse(document.getElementById('data')!.textContent ?? '');
      const box = document.querySelector('canvas')!.getBoundingClientRect();
      const size = Math.min(box.width, box.height) * 0.94;
      return {
        x: box.left + (box.width - size) / 2 + maps[0].x[at] * size,
        y: box.top + (box.height - size) / 2 + (1 - maps[0].y[at]) * size,
      };
    }, row);
    await page.mouse.move(spot.x, spot.y);
    const nameIn = ({ topics }: ClusterResult, topic: number) =>
      topic < 0 ? 'in no topic' : `${topic} ${topics.find(({ id }) => id === topic)?.name}`;
    const lines = () => page.locator('#status p').allTextContents();
    const here = `First: ${nameIn(first, first.labels[row])}`;
    expect((await lines()).slice(0, 2)).toEqual([
      here,
      `Second: ${nameIn(second, second.labels[row - 100])}`,
    ]);
    await page.mouse.click(spot.x, spot.y);
    await page.mouse.move(2, 2);
    expect((await lines())[0]).toBe(here);
    for (const [side, sum] of (await inkOf(page)).entries()) expect(sum).toBeLessThan(before[side]);
    expect(problems).toEqual([]);
    await page.close();
  });

  test('fits a narrow window, and shows all parts of a divided topic', async () => {
    const { page, problems } = await opened('narrow.html', first, second, 400);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    const { splits, merges } = compareRuns(first, second);
    const [{ id, parts }] = splits.length > 0 ? splits : merges;
    const ids = parts.map((part) => part.id).join(' ');
    const shown =
      splits.length > 0 ? `[data-a="${id}"][data-b="${ids}"]` : `[data-a="${ids}"][data-b="${id}"]`;
    await page.click(`button${shown}`);
    const status = await page.textContent('#status');
    for (const part of parts) expect(status).toContain(`${part.id} ${part.name}`);
    expect(problems).toEqual([]);
    await page.close();
  });

  test('runs no script of a text', async () => {
    const hostile = { ...news.rows[100], title: '</script><script>document.title="owned"</script>' };
    const odd = await cluster([hostile, ...range(101, 160).map((row) => news.rows[row])], {
      text: ['title', 'description'],
      minClusterSize: 4,
      layout: { epochs: 5 },
      vectors: news.vectors(range(100, 160)),
    });
    const { page, problems } = await opened('hostile.html', first, odd);
    expect(await page.title()).toBe('Two runs');
    expect(problems).toEqual([]);
    await page.close();
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MapData } from '../../src/map/map.js';
import { toSvg, writeCsv } from '../../src/output/index.js';
import { openChromium } from '../helpers/chromium.js';
import { type OpenMap, openMap } from './open.js';
import { sampleMap } from './sample.js';
import { soon } from './shared.js';

/** A column with cells that a CSV file and a spreadsheet can trip over. */
const HOSTILE = [
  '=1+1',
  '-3.5',
  'a "quoted" cell',
  'two\nlines',
  'a lone\rreturn',
  ' spaces ',
  'a,b;c',
  '',
  "+49 30 '",
  '😀 ﷺ',
];

describe('what the page and Node both make of one result', () => {
  const sample = sampleMap(900, { levels: true });
  const data: MapData = {
    ...sample,
    columns: [
      ...sample.columns,
      { name: 'topic', values: Array.from({ length: 900 }, (_, row) => HOSTILE[row % HOSTILE.length]) },
      { name: 'free', values: Array.from({ length: 900 }, (_, row) => `${HOSTILE[row % 9]} ${row}`) },
    ],
  };
  const themes = data.levels?.[0];
  if (!themes) throw new Error('the sample has themes');
  data.grouping = {
    themes: themes.labels,
    themeTopics: themes.groups,
    nearestTopics: data.labels.map((label, row) => (row % 50 === 0 ? -1 : Math.max(0, label))),
    nearestStrengths: Float64Array.from(data.labels, (_, row) => 1 / (row + 1)),
    assigned: Uint8Array.from(data.labels, (label) => (label === 2 ? 1 : 0)),
  };
  let browser: Browser;
  let map: OpenMap;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'denscape-same-'));
    browser = await openChromium();
    map = await openMap(browser, data);
    page = map.page;
  });
  afterAll(async () => {
    await map?.close();
    await browser?.close();
    await rm(folder, { recursive: true });
    expect(map.complaints).toEqual([]);
  });

  test('is the same CSV file, to the byte', async () => {
    await page.getByLabel('Save or share').click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Texts on the map (CSV)' }).click(),
    ]);
    const path = join(folder, 'clusters.csv');
    const table = {
      columns: data.columns.map(({ name }) => name),
      rows: data.rows,
      values: data.columns.map(({ values }) => values),
    };
    await writeCsv(path, table, { ...data, ...data.grouping }, { excel: true });
    expect(await readFile(await file.path(), 'utf8')).toBe(await readFile(path, 'utf8'));
  });

  test('has the same colours as the picture', async () => {
    const hex = (color: string) =>
      `#${(color.match(/\d+/g) ?? []).map((channel) => Number(channel).toString(16).padStart(2, '0')).join('')}`;
    await page.getByRole('slider', { name: 'Granularity' }).fill('2');
    await soon(() => page.locator('table.topics tbody tr').count()).toBe(data.topics.length + 1);
    const swatches = await page
      .locator('table.topics tbody .swatch')
      .evaluateAll((list) => list.map((swatch) => getComputedStyle(swatch).backgroundColor));
    const ids = await page
      .locator('table.topics tbody tr')
      .evaluateAll((list) => list.map((row) => Number((row as HTMLElement).dataset.topic)));
    const strokes = Array.from(toSvg(data).matchAll(/<path [^>]*stroke="(#\w+)"/g), ([, color]) => color);
    // The picture draws noise first, then topics in their order.
    const drawn = new Map([
      [-1, strokes[0]],
      ...data.topics.map(({ id }, at): [number, string] => [id, strokes[at + 1]]),
    ]);
    expect(swatches.map(hex)).toEqual(ids.map((id) => drawn.get(id)));
    // Five branches of five topics, a shade each, and noise.
    expect(new Set(drawn.values()).size).toBe(26);
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MapData } from '../../src/map/map.js';
import { openChromium } from '../helpers/chromium.js';
import { openMap } from './open.js';
import { inkPixels, picture } from './picture.js';
import { sampleMap } from './sample.js';

const sample = sampleMap(400);
const noise = new Int32Array(400).fill(-1);
const oneTopic = { ...sample.topics[0], id: 0, size: 300, name: 'Everything' };

describe('a map with few topics', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser?.close());

  test.each<[string, Partial<MapData>, RegExp]>([
    [
      'none',
      { topics: [], labels: noise },
      /^400 texts · 0 topics · 100 % noiseNo topics: no group of texts stands out/,
    ],
    [
      'one and noise',
      { topics: [oneTopic], labels: noise.map((_, row) => (row < 300 ? 0 : -1)) },
      /There is one topic, “Everything”; the other 100 texts of 400 are noise\.$/,
    ],
    [
      'one of everything',
      { topics: [{ ...oneTopic, size: 400 }], labels: new Int32Array(400) },
      /Everything is one topic, “Everything”/,
    ],
    [
      'one, and every text on one spot',
      {
        topics: [{ ...oneTopic, size: 400 }],
        labels: new Int32Array(400),
        points: new Float32Array(800).fill(7),
      },
      /Everything is one topic/,
    ],
  ])('%s: a sentence says so, and the texts are on the map', async (_, part, sentence) => {
    const map = await openMap(browser, { ...sample, ...part });
    expect(await map.page.locator('.summary').textContent()).toMatch(sentence);
    expect(inkPixels(await picture(map.page, { alone: true }))).toBeGreaterThan(10);
    expect(map.complaints).toEqual([]);
    await map.close();
  });

  test('texts and names from right to left are set so, and numbers and sentences around them are not', async () => {
    const names = ['أسعار النفط', 'מחירי הדירות'];
    const texts = sample.texts.map((_, row) => `${names[row % 2]} ${row}\nهذا نص عن Reuters (${row}).`);
    const topics = sample.topics.map((topic, at) => ({ ...topic, name: `${names[at % 2]} ${at}` }));
    const map = await openMap(browser, { ...sample, title: 'أخبار', texts, topics }, { hash: '#text=3' });
    const { page } = map;
    const directions = (part: string) =>
      page
        .locator(part)
        .evaluateAll((list) => [...new Set(list.map((one) => getComputedStyle(one).direction))]);
    await page.locator('.details .near').first().waitFor();
    for (const part of [
      'h1',
      '.place',
      'tbody tr:not(:last-child) .name bdi',
      '.details h2',
      '.details .near-text',
    ])
      expect([part, await directions(part)]).toEqual([part, ['rtl']]);
    expect(await directions('table.topics tbody .size')).toEqual(['ltr']);
    // The names in it are isolated, so that the sentence keeps its order.
    expect(await page.locator('.details .why').textContent()).toMatch(/ “\u2068[^“”]+\u2069”/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1280);
    expect(map.complaints).toEqual([]);
    await map.close();
  });

  test('texts that are joined from columns are read, found and shown', async () => {
    const halves = sample.texts.map((text) => text.split('\n'));
    const map = await openMap(browser, {
      ...sample,
      columns: [0, 1].map((half) => ({ name: `part ${half}`, values: halves.map((parts) => parts[half]) })),
    });
    const { page } = map;
    const wanted = sample.texts.filter((text) => /\bmedal\b/i.test(text));
    await page.getByRole('searchbox').fill('medal');
    await expect
      .poll(() => page.locator('.found strong').textContent(), { timeout: 20_000 })
      .toBe(`${wanted.length} texts`);
    await page.locator('.results .entry').first().click();
    await expect
      .poll(() => page.locator('.details h2').textContent(), { timeout: 20_000 })
      .toSatisfy((title: string) => wanted.some((text) => text.split('\n')[0] === title));
    expect(map.complaints).toEqual([]);
    await map.close();
  });
});

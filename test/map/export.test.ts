import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCsv } from './csv.js';
import { readPng, spots } from './picture.js';
import { sampleMap } from './sample.js';
import { shareMap, soon } from './shared.js';

describe('saved pictures', () => {
  const data = sampleMap(1500);
  const shared = shareMap(data);
  const largest = data.topics[0];
  const isPresent = (word: string) => (text: string) => new RegExp(`\\b${word}\\b`, 'i').test(text);
  let page: Page;
  const chips = () => page.locator('.chips .filter bdi').allTextContents();
  const search = async (query: string) =>
    page.getByRole('searchbox', { name: 'Search the texts' }).fill(query);
  beforeAll(() => {
    page = shared.page;
  });

  test('saves a PNG and an SVG of what is seen', async () => {
    const shown = data.labels.filter((label) => label >= 0).length;
    const save = async (item: string) => {
      await page.getByLabel('Save or share').click();
      return shared.saved(() => page.getByRole('button', { name: item }).click());
    };
    const png = await save('Picture (PNG)');
    expect(png.name).toBe('1-500-headlines-of-2004.png');
    const image = readPng(png.bytes);
    expect([image.width, image.height]).toEqual([2560, 1600]);
    expect(spots(image).length).toBeGreaterThan(100);
    const svg = (await save('Drawing (SVG)')).bytes.toString();
    expect(svg.match(/M[\d.-]+ [\d.-]+h\.01/g)).toHaveLength(shown);
    expect(svg).toContain(`>${largest.name}</text>`);
    const texts = await save('Texts on the map (CSV)');
    expect(readCsv(texts.bytes).length).toBe(shown);
  });

  test('a picture is fitted to its size and says what it shows', async () => {
    await search('ferrari');
    await soon(chips).toEqual(['“ferrari”']);
    // Names of topics without a match, which are faint, are in sight again.
    await page.getByRole('button', { name: 'Show everything' }).click();
    await page.getByLabel('Save or share').click();
    await page.getByLabel('Size').selectOption('1920 × 1080');
    const { bytes } = await shared.saved(() => page.getByRole('button', { name: 'Drawing (SVG)' }).click());
    const svg = bytes.toString();
    const found = data.texts.filter(isPresent('ferrari')).length;
    expect(svg.slice(0, 120)).toMatch(/^<svg [^>]*width="1920" height="1080"/);
    expect(svg.includes(`“ferrari”: ${found} of 1,500 texts in colour`)).toBe(true);
    expect(/opacity="0\.35"/.test(svg)).toBe(true);
    // Points reach over most of the picture's height.
    const ys = Array.from(svg.matchAll(/M[\d.-]+ ([\d.-]+)h\.01/g), ([, y]) => Number(y));
    expect(Math.max(...ys) - Math.min(...ys)).toBeGreaterThan(0.6 * 1080);
  });

  test('a caption that is longer than the picture is wide goes on in the next line', async () => {
    await search(Array.from({ length: 40 }, (_, i) => `word${i}`).join(' OR '));
    await soon(chips).toHaveLength(1);
    await page.getByLabel('Save or share').click();
    await page.getByLabel('Size').selectOption('1200 × 900');
    const { bytes } = await shared.saved(() => page.getByRole('button', { name: 'Drawing (SVG)' }).click());
    const svg = bytes.toString();
    const lines = Array.from(svg.matchAll(/font-size="12\.5"[^>]*>([^<]*)</g), ([, text]) => text);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(' ')).toMatch(
      /word0 OR word1 .*word39”: 0 of 1,500 texts in colour; 25 topics; \d+ texts in no topic, not shown$/,
    );
    const widths = await page.evaluate((texts) => {
      const context = document.createElement('canvas').getContext('2d');
      if (!context) return [];
      context.font = '12.5px system-ui, sans-serif';
      return texts.map((text) => context.measureText(text).width);
    }, lines);
    for (const wide of widths) expect(wide).toBeLessThan(1200 - 32);
  });
});

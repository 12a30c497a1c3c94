import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChromium } from '../helpers/chromium.js';
import { type OpenMap, openMap, reopen, rested } from './open.js';
import { type Pdf, readPdf } from './pdf.js';
import { sampleMap } from './sample.js';

/** Names are drawn letter by letter, some letters as one glyph: spaces and such glyphs are left out of comparisons. */
const plain = (text: string) => text.normalize('NFKC').replaceAll(/\s/g, '');

describe('the printed map', () => {
  const quality = [{ name: 'Stability', value: 0.9, shown: '9.0 of 10', meaning: 'In how many.' }];
  const data = { ...sampleMap(900, { levels: true }), quality };
  const themes = data.levels?.find(({ isTheme }) => isTheme)?.groups ?? [];
  let browser: Browser;
  let map: OpenMap;
  beforeAll(async () => {
    browser = await openChromium();
    map = await openMap(browser, data, { viewport: { width: 1400, height: 900 } });
  });
  afterAll(async () => {
    await map?.close();
    await browser?.close();
  });

  const print = async (options: { landscape?: boolean } = {}): Promise<Pdf> =>
    readPdf(await map.page.pdf({ format: 'A4', ...options }));

  /** Pixels of the printed picture that are nearly of this colour. */
  const pixelsLike = ({ images }: Pdf, wanted: number[]) => {
    const { rgb } = images[0];
    let found = 0;
    for (let i = 0; i < rgb.length; i += 3)
      if (wanted.every((value, channel) => Math.abs(rgb[i + channel] - value) < 40)) found++;
    return found;
  };

  test('has title, caption, points, names and the key on one page, in the light colours of paper', async () => {
    await map.page.emulateMedia({ colorScheme: 'dark' });
    await rested(map.page);
    const pdf = await print({ landscape: true });
    expect(pdf.pages).toHaveLength(1);
    const [page] = pdf.pages.map(plain);
    expect(page.startsWith(plain(data.title))).toBe(true);
    expect(page).toContain(plain(`900 texts; ${themes.length} themes`));
    for (const { name, size } of themes) {
      expect(page).toContain(plain(name) + size);
      // In the key, and once more on the map, where the letters come line by line.
      const words = plain(name.split(/\s/)[0]);
      expect(page.split(words).length).toBeGreaterThan(2);
    }
    for (const { label, value } of data.footer) expect(page).toContain(plain(`${label}: ${value}`));
    expect(page).toContain(plain('Stability: 9.0 of 10'));
    expect(pdf.images).toHaveLength(1);
    const { rgb } = pdf.images[0];
    expect([...rgb.subarray(0, 3)]).toEqual([255, 255, 255]);
    const colors = await map.page
      .locator('.key .swatch')
      .evaluateAll((list) => list.map((swatch) => getComputedStyle(swatch).backgroundColor));
    expect(new Set(colors).size).toBe(themes.length);
    for (const color of colors)
      expect(pixelsLike(pdf, (color.match(/\d+/g) ?? []).map(Number))).toBeGreaterThan(200);
    // The screen is as it was.
    expect(await map.page.locator('.side').isVisible()).toBe(true);
    expect(await map.page.locator('html').getAttribute('data-theme')).toBe('dark');
    await map.page.emulateMedia({ colorScheme: 'light' });
  });

  test('names every topic in a key that goes on on the next page', async () => {
    await reopen(map, '#topics=25');
    const pdf = await print({ landscape: true });
    expect(pdf.pages.length).toBeGreaterThan(1);
    const page = plain(pdf.pages.join(''));
    for (const { name, size } of data.topics) expect(page).toContain(plain(name) + size);
  });

  test('upright too: says what was chosen, and has the colours of a column in its key', async () => {
    await reopen(map, '#search=hurricane&color=column:0');
    const pdf = await print();
    expect(pdf.pages).toHaveLength(1);
    const [page] = pdf.pages.map(plain);
    expect(page).toMatch(/“hurricane”:\d+of900textsincolour/);
    for (const name of new Set(data.columns[0].values)) expect(page).toContain(plain(String(name)));
  });

  test('lies inside the page: neither the map nor a name or an entry of the key is cut', async () => {
    await reopen(map);
    await map.page.emulateMedia({ media: 'print' });
    // The part of an A4 page across inside its margins.
    await map.page.setViewportSize({ width: 1032, height: 703 });
    const parts = await map.page
      .locator('.sheet h1, .sheet .caption, .sheet canvas, .sheet svg text, .key li, .made')
      .evaluateAll((elements) =>
        elements.map((element) => {
          const { left, top, right, bottom } = element.getBoundingClientRect();
          return { left, top, right, bottom };
        }),
      );
    expect(parts.length).toBe(4 + 2 * themes.length);
    for (const { left, top, right, bottom } of parts) {
      expect(left).toBeGreaterThanOrEqual(-0.5);
      expect(top).toBeGreaterThanOrEqual(-0.5);
      expect(right).toBeLessThanOrEqual(1032.5);
      expect(bottom).toBeLessThanOrEqual(703.5);
      expect(right - left).toBeGreaterThan(0);
    }
    await map.page.emulateMedia({ media: null });
    expect(map.complaints).toEqual([]);
  });
});

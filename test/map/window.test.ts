import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChromium } from '../helpers/chromium.js';
import { openMap, rested } from './open.js';
import { inkPixels, picture } from './picture.js';
import { sampleMap } from './sample.js';
import { soon } from './shared.js';

/** Panels that are seen, in pixels. */
const panels = (page: Page) =>
  page.locator('.contents, .bar, .options, .choice, .details, .timeline').evaluateAll((list) =>
    list
      .map((panel) => {
        const { left, top, right, bottom } = panel.getBoundingClientRect();
        return { name: panel.className, left, top, right, bottom };
      })
      .filter(({ left, right, top, bottom }) => right > left && bottom > top),
  );

describe('the map in windows of every width', () => {
  const data = sampleMap(900, { levels: true });
  let browser: Browser;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser?.close());

  test.each([
    [390, 780],
    [820, 1000],
    [900, 700],
    [1000, 640],
    [1100, 800],
    [1400, 900],
    [2560, 1300],
  ])(
    '%i px: the points fill the window, panels stay inside it and apart, a chosen topic can be read',
    async (width, height) => {
      const map = await openMap(browser, data, { viewport: { width, height } });
      const { page } = map;
      // The box of nearly all points, from the pixels that differ from the ground.
      const image = await picture(page, { alone: true });
      const ground = image.at(0, 0);
      const xs: number[] = [];
      const ys: number[] = [];
      for (let y = 0; y < image.height; y += 2)
        for (let x = 0; x < image.width; x += 2) {
          const [r, g, b] = image.at(x, y);
          if (Math.abs(r - ground[0]) + Math.abs(g - ground[1]) + Math.abs(b - ground[2]) <= 24) continue;
          xs.push(x);
          ys.push(y);
        }
      const part = (values: number[]) => {
        const sorted = values.sort((a, b) => a - b);
        return sorted[Math.floor(0.99 * sorted.length)] - sorted[Math.floor(0.01 * sorted.length)];
      };
      const share = (part(xs) * part(ys)) / (width * height);
      expect(share).toBeGreaterThan(width <= 820 ? 0.28 : 0.4);

      await page.evaluate(() => {
        location.hash = 'topic=25';
      });
      await page.locator('.choice').waitFor({ state: 'visible' });
      await rested(page);
      const seen = await panels(page);
      for (const [i, one] of seen.entries()) {
        expect([
          one.name,
          one.left >= 0 && one.right <= width && one.top >= 0 && one.bottom <= height,
        ]).toEqual([one.name, true]);
        for (const other of seen.slice(0, i)) {
          const isApart =
            one.right <= other.left ||
            other.right <= one.left ||
            one.bottom <= other.top ||
            other.bottom <= one.top;
          expect([one.name, other.name, isApart]).toEqual([one.name, other.name, true]);
        }
      }
      const body = await page.locator('.choice .overview').first().boundingBox();
      expect(body?.height).toBeGreaterThan(60);
      // Nothing scrolls the page itself.
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(map.complaints).toEqual([]);
      await map.close();
    },
  );

  test('no text or name lies under a panel in the view of everything, nor once a legend and lines over time make panels larger', async () => {
    const map = await openMap(browser, data, { viewport: { width: 1800, height: 1000 } });
    const { page } = map;
    const coveredShare = async () => {
      const image = await picture(page, { alone: true });
      const ground = image.at(0, 0);
      const seen = await panels(page);
      let [ink, covered] = [0, 0];
      for (let y = 0; y < image.height; y += 2)
        for (let x = 0; x < image.width; x += 2) {
          const [r, g, b] = image.at(x, y);
          if (Math.abs(r - ground[0]) + Math.abs(g - ground[1]) + Math.abs(b - ground[2]) <= 24) continue;
          ink++;
          if (seen.some(({ left, right, top, bottom }) => x > left && x < right && y > top && y < bottom))
            covered++;
        }
      expect(ink).toBeGreaterThan(1000);
      return covered / ink;
    };
    // A few of the outermost hundredth of the points may.
    expect(await coveredShare()).toBeLessThan(0.01);
    const before = await page.locator('.options').boundingBox();
    await page.getByLabel('Colour by').selectOption({ label: 'section' });
    await page.getByRole('button', { name: 'By topic' }).click();
    await soon(async () => (await page.locator('.options').boundingBox())?.height).not.toBe(before?.height);
    await rested(page);
    expect(await coveredShare()).toBeLessThan(0.01);
    const seen = await panels(page);
    const names = await page
      .locator('.place')
      .evaluateAll((list) => list.map((name) => name.getBoundingClientRect().toJSON() as DOMRect));
    expect(names.length).toBeGreaterThan(3);
    const isUnder = (name: DOMRect) =>
      seen.some(
        ({ left, right, top, bottom }) =>
          name.left < right && name.right > left && name.top < bottom && name.bottom > top,
      );
    expect(names.filter(isUnder)).toEqual([]);
    expect(new URL(page.url()).hash).not.toContain('view=');
    await map.close();
  });

  test('forced colours, more contrast and 200 % zoom keep what is on the map', async () => {
    const map = await openMap(browser, data, { viewport: { width: 1400, height: 900 } });
    const { page } = map;
    const ink = inkPixels(await picture(page, { alone: true }));
    for (const media of [{ forcedColors: 'active' }, { contrast: 'more' }] as const) {
      await page.emulateMedia(media);
      await soon(async () => inkPixels(await picture(page, { alone: true }))).toBeGreaterThan(0.5 * ink);
      expect(await page.locator('table.topics .swatch').first().isVisible()).toBe(true);
      if (!('forcedColors' in media)) continue;
      // Names without a halo, which would have their own colour, and switches with an edge.
      const styleOf = (part: string, property: string) =>
        page
          .locator(part)
          .first()
          .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
      expect(await styleOf('.place', '-webkit-text-stroke-width')).toBe('0px');
      expect(await styleOf('input.switch-box', 'border-top-style')).toBe('solid');
    }
    expect(map.complaints).toEqual([]);
    await map.close();
    // A window at 200 % has half as many CSS pixels.
    const zoomed = await openMap(browser, data, {
      viewport: { width: 700, height: 450 },
      deviceScaleFactor: 2,
    });
    expect(await zoomed.page.getByRole('searchbox', { name: 'Search the texts' }).isVisible()).toBe(true);
    expect(await zoomed.page.evaluate(() => document.documentElement.scrollWidth)).toBe(700);
    await zoomed.close();
  });

  test('in a sandboxed frame of a notebook cell it works, undo included, without storage and addresses', async () => {
    const map = await openMap(browser, data);
    const folder = await mkdtemp(join(tmpdir(), 'denscape-frame-'));
    const escaped = (await readFile(map.path, 'utf8')).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    const cell = join(folder, 'cell.html');
    await writeFile(
      cell,
      `<!doctype html><body style="margin:0"><iframe width="1000" height="640" sandbox="allow-scripts allow-downloads" srcdoc="${escaped}"></iframe>`,
    );
    const page = await browser.newPage({ viewport: { width: 1100, height: 700 }, reducedMotion: 'reduce' });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(pathToFileURL(cell).href);
    const frame = page.frameLocator('iframe');
    await frame.locator('html[data-ready]').waitFor();
    const chips = () => frame.locator('.chips .filter bdi').allTextContents();
    await frame.getByRole('searchbox', { name: 'Search the texts' }).fill('hurricane');
    await soon(chips).toEqual(['“hurricane”']);
    await frame.getByRole('button', { name: /^Undo/ }).click();
    await soon(chips).toEqual([]);
    await frame.getByRole('button', { name: /^Redo/ }).click();
    await soon(chips).toEqual(['“hurricane”']);
    expect(complaints).toEqual([]);
    await page.close();
    await map.close();
    await rm(folder, { recursive: true });
  });
});

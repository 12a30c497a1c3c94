import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChromium } from '../helpers/chromium.js';
import { openMap } from './open.js';
import { sampleMap } from './sample.js';
import { soon } from './shared.js';

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('columns and time', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser?.close());

  test('the brush moves as it is, plays, and the largest topics have lines of their own', async () => {
    const data = sampleMap(800);
    const map = await openMap(browser, data, { viewport: { width: 1400, height: 900 } });
    const { page } = map;
    const box = (await page.locator('.chart').boundingBox())!;
    const [x, y] = [(share: number) => box.x + box.width * share, box.y + 20];
    const drag = async (from: number, to: number) => {
      await page.mouse.move(x(from), y);
      await page.mouse.down();
      await page.mouse.move(x(to), y, { steps: 6 });
      await page.mouse.up();
    };
    const edges = () =>
      page
        .locator('.handle')
        .evaluateAll((list) => list.map((handle) => Number(handle.getAttribute('aria-valuenow'))));
    await drag(0.1, 0.3);
    await page.locator('.chart .brush').waitFor({ state: 'visible' });
    const [from, to] = await edges();
    await drag(0.2, 0.5);
    await soon(async () => (await edges())[1] - (await edges())[0]).toBe(to - from);
    expect((await edges())[0]).toBeGreaterThan(from + 5);
    await page.getByRole('button', { name: /^Play/ }).click();
    const moved = (await edges())[0];
    await soon(async () => (await edges())[0]).toBeGreaterThan(moved);
    await page.getByRole('button', { name: /^Play/ }).click();
    expect(await page.getByRole('button', { name: /^Play/ }).getAttribute('aria-pressed')).toBe('false');
    await page.getByRole('button', { name: 'Show all times' }).click();
    await page.getByRole('button', { name: 'By topic' }).click();
    await soon(() => page.locator('.time-line bdi').allTextContents()).toEqual(
      data.topics.slice(0, 6).map(({ name }) => name),
    );
    expect(map.complaints).toEqual([]);
    await map.close();
  });

  test('years, prices and many categories have legends in their own terms', async () => {
    const sample = sampleMap(600);
    const years = sample.labels.map((label) => 2019 + (Math.max(0, label) % 5));
    const prices = Array.from(sample.labels, (label, row) => `$${(10 + label + row / 1000).toFixed(2)}`);
    const places = Array.from(sample.labels, (_, row) => `place ${row % 40}`);
    const columns = [
      { name: 'year', values: [...years] },
      { name: 'price', values: prices },
      { name: 'place', values: places },
    ];
    const map = await openMap(browser, { ...sample, columns }, { viewport: { width: 1400, height: 900 } });
    const { page } = map;
    expect(await page.locator('.span-label').textContent()).toMatch(
      /^2019 – 2023 · (\d+ of 600 · )?a bar a year$/,
    );
    const choose = page.getByLabel('Colour by');
    await choose.selectOption('year');
    await soon(() => page.locator('.legend .ends').textContent()).toBe('20192023');
    await choose.selectOption('price');
    await soon(() => page.locator('.legend .ends').textContent()).toMatch(/^[\d.]+$/);
    await choose.selectOption('place');
    await soon(() => page.locator('.legend .category').count()).toBe(10);
    await page.getByLabel('Find among 40 values of place').fill('place 37');
    await soon(() => page.locator('.legend .category').count()).toBe(1);
    await page.locator('.legend .category').click();
    await soon(() => page.locator('.choice-count strong').textContent()).toMatch(/^\d+ texts$/);
    expect(await page.locator('.chips .filter').textContent()).toBe('place: place 37');
    expect(map.complaints).toEqual([]);
    await map.close();
  });

  test('addresses of web pages are links, other addresses are not, and pictures in cells are shown', async () => {
    const sample = sampleMap(60);
    const cells = (text: string) =>
      Array.from({ length: 60 }, (_, row) => `${text}${row === 0 ? '' : ` ${row}`}`);
    const columns = [
      { name: 'source', values: cells('see https://example.org/a?b=1, or (http://example.com).') },
      { name: 'trap', values: cells('javascript:alert(1) data:text/html,<script>alert(1)</script>') },
      { name: 'photo', values: Array.from({ length: 60 }, (_, row) => (row === 0 ? PIXEL : `none ${row}`)) },
    ];
    const map = await openMap(browser, { ...sample, columns }, { hash: '#text=0' });
    const { page } = map;
    await page.locator('.details').waitFor({ state: 'visible' });
    const links = await page
      .locator('.details a')
      .evaluateAll((list) => list.map((link) => [link.getAttribute('href'), link.getAttribute('rel')]));
    expect(links).toEqual([
      ['https://example.org/a?b=1', 'noopener noreferrer'],
      ['http://example.com', 'noopener noreferrer'],
    ]);
    expect(
      await page.locator('.details img').evaluate((image) => (image as HTMLImageElement).naturalWidth),
    ).toBe(1);
    expect(map.complaints).toEqual([]);
    await map.close();
  });

  test('a phone has the timeline with the view options', async () => {
    const map = await openMap(browser, sampleMap(300), {
      viewport: { width: 390, height: 780 },
      hasTouch: true,
      isMobile: true,
    });
    const { page } = map;
    await page.getByRole('button', { name: 'View options' }).tap();
    await page.locator('.timeline .chart').waitFor({ state: 'visible' });
    const box = (await page.locator('.chart').boundingBox())!;
    await page.touchscreen.tap(box.x + box.width / 2, box.y + 20);
    await page.getByRole('slider', { name: 'End of the time span' }).focus();
    await page.keyboard.press('ArrowLeft');
    await soon(() => page.locator('.chips .filter').count()).toBe(1);
    expect(map.complaints).toEqual([]);
    await map.close();
  });
});

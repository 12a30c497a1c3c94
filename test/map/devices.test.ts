import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChromium } from '../helpers/chromium.js';
import { openMap } from './open.js';
import { outsideNames, picture, spots } from './picture.js';
import { sampleMap } from './sample.js';
import { soon } from './shared.js';

describe('without WebGL', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openChromium(['--disable-webgl', '--disable-webgl2', '--disable-3d-apis']);
  });
  afterAll(() => browser?.close());

  test('the map draws on a plain canvas: points, cards, zoom', async () => {
    const data = sampleMap(600);
    const map = await openMap(browser, data);
    const { page } = map;
    expect(await page.locator('html').getAttribute('data-ready')).toBe('canvas');
    const found = spots(await picture(page, { alone: true }));
    expect(found.length).toBeGreaterThan(60);
    const lone = found.find(({ pixels }) => pixels < 90)!;
    await page.mouse.move(lone.x, lone.y);
    await page.locator('.hover').waitFor({ state: 'visible' });
    const text = (await page.locator('.hover').locator('.head, .text').allTextContents()).join('\n');
    expect(data.texts).toContain(text);
    const pixels = found.reduce((sum, spot) => sum + spot.pixels, 0);
    await page.mouse.wheel(0, -500);
    await soon(async () =>
      spots(await picture(page, { alone: true })).reduce((sum, spot) => sum + spot.pixels, 0),
    ).not.toBe(pixels);
    expect(map.complaints).toEqual([]);
    await map.close();
  });
});

describe('with WebGL', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser?.close());

  test('a lost context goes on with a plain canvas', async () => {
    const map = await openMap(browser, sampleMap(600));
    const { page } = map;
    const before = spots(await picture(page, { alone: true })).length;
    await page.evaluate(() => {
      const gl = document.querySelector<HTMLCanvasElement>('.points canvas')?.getContext('webgl2');
      gl?.getExtension('WEBGL_lose_context')?.loseContext();
    });
    await soon(
      async () => Math.abs(spots(await picture(page, { alone: true })).length - before) < 0.2 * before,
    ).toBe(true);
    expect(
      await page.evaluate(() =>
        document.querySelector<HTMLCanvasElement>('.points canvas')?.getContext('webgl2'),
      ),
    ).toBeNull();
    await map.close();
  });

  test('on a phone fingers pan, pinch and tap, and panels unfold', async () => {
    const map = await openMap(browser, sampleMap(400), {
      viewport: { width: 390, height: 780 },
      hasTouch: true,
      isMobile: true,
    });
    const { page } = map;
    const client: CDPSession = await page.context().newCDPSession(page);
    const touch = (type: string, ...places: [number, number][]) =>
      client.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: places.map(([x, y], id) => ({ x, y, id })),
      });
    const spread = async () => {
      const found = spots(await picture(page, { alone: true }));
      const xs = found.map(({ x }) => x);
      return Math.max(...xs) - Math.min(...xs);
    };
    const whole = await spread();
    // Two fingers closing in: everything comes nearer together.
    await touch('touchStart', [60, 380], [330, 380]);
    for (let i = 1; i <= 5; i++) await touch('touchMove', [60 + 15 * i, 380], [330 - 15 * i, 380]);
    await touch('touchEnd');
    await soon(spread).toBeLessThan(0.8 * whole);
    await page.getByRole('button', { name: 'Show everything' }).tap();
    await soon(spread).toBe(whole);

    const free = await outsideNames(page, spots(await picture(page, { alone: true })));
    const [spot] = free.filter(({ y, pixels }) => y > 90 && y < 560 && pixels < 300);
    await page.touchscreen.tap(spot.x, spot.y);
    await page.locator('.details').waitFor({ state: 'visible' });
    await page.getByRole('button', { name: 'Close the card' }).tap();
    await page.locator('.details').waitFor({ state: 'hidden' });

    expect(await page.locator('table.topics').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Fold the list of topics' }).tap();
    expect(await page.locator('table.topics').isVisible()).toBe(true);
    expect(await page.getByLabel('Colour by').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'View options' }).tap();
    expect(await page.getByLabel('Colour by').isVisible()).toBe(true);
    // A topic that is chosen from the list is seen between the panels: the list folds.
    await page.getByRole('button', { name: 'View options' }).tap();
    await page.locator('table.topics .go').first().tap();
    await page.locator('.choice').waitFor({ state: 'visible' });
    expect(await page.locator('table.topics').isVisible()).toBe(false);
    const between = await page.evaluate(() => {
      const edge = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
      return [edge('.choice')?.bottom ?? 0, edge('.contents')?.top ?? 0];
    });
    await soon(async () => {
      const name = await page.locator('.place.chosen').boundingBox();
      return name && name.y > between[0] - 20 && name.y + name.height < between[1] + 20;
    }).toBe(true);
    expect(map.complaints).toEqual([]);
    await map.close();
  });

  test.each([0, 1, 2])('%i texts make a map too', async (rows) => {
    const data = sampleMap(rows, { topicsOnly: 1 });
    const map = await openMap(browser, { ...data, topics: rows > 0 ? data.topics : [] });
    expect(await map.page.locator('.summary').textContent()).toMatch(new RegExp(`^${rows} text`));
    expect(map.complaints).toEqual([]);
    await map.close();
  });

  test('texts near by meaning and words are listed as nearest, and why a text is here is by meaning', async () => {
    const data = sampleMap(50);
    const { neighbors } = data;
    if (!neighbors) throw new Error('no neighbours');
    // The other way round, with scores that fall.
    const hybrid = {
      ...neighbors,
      indices: neighbors.indices.map((_, at, all) => all[at - (at % 6) + 5 - (at % 6)]),
      distances: neighbors.distances.map((_, at) => 1 / (61 + (at % 6))),
    };
    const row = data.labels.indexOf(0);
    const map = await openMap(browser, { ...data, hybrid }, { hash: `#text=${row}` });
    const details = map.page.locator('.details');
    await details.waitFor({ state: 'visible' });
    expect(await details.locator('h3').last().textContent()).toBe('Nearest texts, by meaning and words');
    const nearest = Array.from(neighbors.indices.slice(6 * row, 6 * row + 6)).reverse();
    expect(await details.locator('.near-text').allTextContents()).toEqual(
      nearest.map((other) => data.texts[other].split('\n')[0]),
    );
    const scores = await details.locator('.distance').allTextContents();
    expect(scores.map(Number)).toEqual([...scores.map(Number)].sort((a, b) => b - a));
    expect(await details.locator('.why').textContent()).toMatch(/of its 6 nearest texts by meaning are/);
    expect(map.complaints).toEqual([]);
    await map.close();
  });

  test('rows without a place are counted, not drawn', async () => {
    const data = sampleMap(50);
    data.points.fill(Number.NaN, 0, 20);
    const map = await openMap(browser, { ...data, tree: undefined, neighbors: undefined });
    expect(await map.page.locator('.summary').textContent()).toContain('10 without a place');
    expect(map.complaints).toEqual([]);
    await map.close();
  });
});

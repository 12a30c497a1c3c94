import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openChromium } from '../helpers/chromium.js';
import { type OpenMap, openMap, reopen, rested } from './open.js';
import { inkPixels, picture } from './picture.js';
import { sampleMap } from './sample.js';
import { soon } from './shared.js';

describe('levels of the map', () => {
  const data = sampleMap(1500, { levels: true });
  const [themes, coarse] = data.levels!;
  let browser: Browser;
  let map: OpenMap;
  let page: Page;
  const slider = () => page.getByRole('slider', { name: 'Granularity' });
  const listed = () =>
    page.locator('table.topics tbody tr').evaluateAll((list) =>
      list.map((row) => ({
        name: row.querySelector('.name')?.textContent,
        size: Number(row.querySelector('.size')?.textContent?.replace(',', '')),
      })),
    );
  const asListed = (groups: { name: string; size: number }[]) =>
    groups.map(({ name, size }) => ({ name, size }));
  const written = () =>
    page.locator('.place').evaluateAll((list) => list.map((name) => name.textContent?.replace('\n', ' ')));

  beforeAll(async () => {
    browser = await openChromium();
    map = await openMap(browser, data);
    page = map.page;
  });
  beforeEach(() => reopen(map));
  afterAll(async () => {
    await map?.close();
    await browser?.close();
    expect(map.complaints).toEqual([]);
  });

  test('the map opens with themes: their names, their sizes, every text in one', async () => {
    expect(await listed()).toEqual(asListed(themes.groups));
    expect(await page.locator('.summary').textContent()).toContain('1,500 texts · 5 themes · 25 topics · ');
    await soon(async () => (await written()).sort()).toEqual(themes.groups.map(({ name }) => name).sort());
    expect(await slider().getAttribute('aria-valuetext')).toBe('5 themes');
    expect(await page.locator('td.size').first().isVisible()).toBe(true);
    expect(await page.locator('td.persistence').first().isVisible()).toBe(false);
    expect(await page.locator('th.name button.sort').textContent()).toBe('Theme');
    expect(await page.getByRole('switch', { name: /Noise/ }).isVisible()).toBe(false);
  });

  test('no text vanishes on the way from themes to topics', async () => {
    const before = inkPixels(await picture(page, { alone: true }));
    await slider().focus();
    await page.keyboard.press('End');
    await soon(() => slider().getAttribute('aria-valuetext')).toBe('25 topics, as clustered');
    await soon(async () => inkPixels(await picture(page, { alone: true })) / before).toBeGreaterThan(0.95);
    expect(await page.getByRole('switch', { name: /Noise/ }).isChecked()).toBe(true);
    expect(await page.locator('td.persistence').first().textContent()).toMatch(/^0\.\d\d$/);
  });

  test('the slider goes through every level once, and none turns a text into noise', async () => {
    await slider().focus();
    await page.keyboard.press('Home');
    const seen: (string | null)[] = [];
    for (let step = 0; step < 3; step++) {
      await rested(page);
      seen.push(await slider().getAttribute('aria-valuetext'));
      await page.keyboard.press('ArrowRight');
    }
    expect(seen).toEqual(['2 groups', '5 themes', '25 topics, as clustered']);
    expect(await slider().getAttribute('max')).toBe('2');
    await soon(async () => (await listed()).slice(0, -1)).toEqual(asListed(data.topics));
    await page.keyboard.press('Home');
    await soon(listed).toEqual(asListed(coarse.groups));
    expect(coarse.groups.reduce((sum, { size }) => sum + size, 0)).toBe(data.rows);
    await page.getByRole('button', { name: 'As opened' }).click();
    await soon(listed).toEqual(asListed(themes.groups));
  });

  test('names of topics appear between those of themes on zooming in; a click on one chooses it', async () => {
    const themeNames = new Set(themes.groups.map(({ name }) => name));
    for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'Zoom in' }).click();
    await soon(
      async () => (await written()).filter((name) => !themeNames.has(name ?? '')).length,
    ).toBeGreaterThan(0);
    const topicNames = new Set(data.topics.map(({ name }) => name));
    for (const name of await written())
      expect(themeNames.has(name ?? '') || topicNames.has(name ?? '')).toBe(true);
    // One that no panel covers.
    const finer = await page.locator('.place.finer').evaluateAll((list) => {
      const free = list.map((place) => {
        const { x, y, width, height } = place.getBoundingClientRect();
        return { name: place.textContent?.replace('\n', ' '), x: x + width / 2, y: y + height / 2, place };
      });
      const { name, x, y } = free.find((one) => document.elementFromPoint(one.x, one.y) === one.place) ?? {};
      return { name, x: x ?? 0, y: y ?? 0 };
    });
    const { name } = finer;
    await page.mouse.click(finer.x, finer.y);
    await soon(() => slider().getAttribute('aria-valuetext')).toBe('25 topics, as clustered');
    await soon(() => page.locator('table.topics tr.current .name').textContent()).toBe(name);
  });

  test('a theme is renamed by hand: in the list and on the map, and undone', async () => {
    const [theme] = themes.groups;
    await page.locator('table.topics .go', { hasText: theme.name }).first().click();
    const choice = page.locator('.choice');
    await choice.getByRole('tab', { name: 'Edit' }).click();
    await choice.getByLabel('Name', { exact: true }).fill('A better name');
    await choice.getByRole('button', { name: 'Rename' }).click();
    const renamed = themes.groups.map(({ name }) => (name === theme.name ? 'A better name' : name));
    await soon(() => page.locator('table.topics .name bdi').allTextContents()).toEqual(renamed);
    expect(
      await page.locator('table.topics tr', { hasText: 'A better name' }).locator('.edited').count(),
    ).toBe(1);
    await soon(written).toContain('A better name');
    await page.locator('.stage').focus();
    await page.keyboard.press('Control+z');
    await soon(written).not.toContain('A better name');
    expect(await page.locator('table.topics .edited').count()).toBe(0);
  });

  test('the link brings back the level', async () => {
    await slider().focus();
    await page.keyboard.press('Home');
    await soon(() => page.url()).toMatch(/#topics=2$/);
    await reopen(map, new URL(page.url()).hash);
    await soon(listed).toEqual(asListed(coarse.groups));
  });
});

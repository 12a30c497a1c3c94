import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { inkPixels, picture } from './picture.js';
import { sampleMap } from './sample.js';
import { shareMap, soon } from './shared.js';

describe('the list of topics', () => {
  const data = sampleMap(1500);
  const shared = shareMap(data);
  const noise = data.labels.filter((label) => label < 0).length;
  const largest = data.topics[0];
  let page: Page;
  const names = () => page.locator('.place');
  const row = (name: string): Locator => page.locator('table.topics tbody tr').filter({ hasText: name });
  const drawn = async () => inkPixels(await picture(page, { alone: true }));
  beforeAll(() => {
    page = shared.page;
  });

  test('lists every topic with its size, sortable, and each switch takes its texts off the map', async () => {
    expect(await page.locator('html').getAttribute('data-ready')).toBe('webgl');
    const listed = page.locator('table.topics tbody tr');
    expect(await listed.count()).toBe(data.topics.length + 1);
    expect(await listed.first().locator('.size').textContent()).toBe(String(largest.size));
    expect(await row('Noise').locator('.size').textContent()).toBe(String(noise));
    await page.getByRole('button', { name: 'Topic', exact: true }).click();
    const sorted = await page.locator('table.topics tbody th').allTextContents();
    expect(sorted.slice(0, -1)).toEqual(
      data.topics.map(({ name }) => name).sort((a, b) => a.localeCompare(b)),
    );

    const before = await drawn();
    expect(await names().filter({ hasText: largest.name }).count()).toBe(1);
    await row(largest.name).getByRole('checkbox').click();
    await soon(() => names().filter({ hasText: largest.name }).count()).toBe(0);
    expect(await drawn()).toBeLessThan(before * 0.97);
    await page.getByRole('checkbox', { name: 'All topics' }).click();
    await soon(drawn).toBe(before);
    await page.getByRole('checkbox', { name: 'All topics' }).click();
    await soon(drawn).toBe(0);
  });

  test('hides noise until its switch is on', async () => {
    const before = await drawn();
    const toggle = page.getByRole('switch', { name: /Noise/ });
    expect(await toggle.isChecked()).toBe(false);
    await toggle.click();
    await soon(drawn).toBeGreaterThan(before * 1.05);
    expect(await row('Noise').getByRole('checkbox').isChecked()).toBe(true);
    await toggle.click();
    await soon(drawn).toBe(before);
  });
});

describe('the list of topics of very many texts', () => {
  const data = sampleMap(1500);
  // As many texts as nobody draws in a test: the list shows what the data say.
  for (const topic of data.topics) topic.size *= 5000;
  const shared = shareMap(data);

  test('shows numbers of six digits whole', async () => {
    const sizes = shared.page.locator('table.topics tbody .size');
    expect(await sizes.first().textContent()).toMatch(/^\d{3},\d{3}$/);
    const isWhole = (cells: Element[]) =>
      cells.every(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth);
    expect(await sizes.evaluateAll(isWhole)).toBe(true);
  });
});

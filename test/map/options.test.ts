import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { rested } from './open.js';
import { inkPixels, picture, spots } from './picture.js';
import { sampleMap } from './sample.js';
import { shareMap, soon } from './shared.js';

describe('view options', () => {
  const data = sampleMap(1500);
  const shared = shareMap(data);
  const largest = data.topics[0];
  let page: Page;
  const row = (name: string): Locator => page.locator('table.topics tbody tr').filter({ hasText: name });
  const drawn = async () => inkPixels(await picture(page, { alone: true }));
  beforeAll(() => {
    page = shared.page;
  });

  test('colours by probability, outlier score, categories, dates and numbers, each with its legend', async () => {
    const colors = async () => {
      const list = spots(await picture(page, { alone: true })).map(({ color }) => color.join());
      return new Set(list).size;
    };
    const byTopic = await colors();
    const choose = page.getByLabel('Colour by');
    const options = await choose.locator('option').allTextContents();
    expect(options).toEqual(['Topic', 'Probability', 'Outlier score', 'section', 'date', 'length']);
    for (const [option, legend] of [
      ['Probability', '01'],
      ['Outlier score', '01'],
      ['date', /^\w{3} \d+, 2004\w{3} \d+, 200[45]/],
      ['length', /^\d+\d+/],
    ] as const) {
      await choose.selectOption(option);
      await soon(() => page.locator('.legend').textContent()).toMatch(legend);
      await soon(colors).toBeGreaterThan(byTopic / 2);
    }
    await choose.selectOption('section');
    const sections = data.columns[0].values;
    const world = sections.filter((value) => value === 'World').length;
    await soon(() => page.locator('.legend .categories li').count()).toBe(5);
    expect(await page.locator('.legend .categories').textContent()).toMatch(
      new RegExp(`World(\\d+ of )?${world}`),
    );
    await choose.selectOption('Topic');
    await soon(() => page.locator('.legend').textContent()).toBe('');
  });

  test('follows the system to dark and back', async () => {
    const ground = async () => (await picture(page)).at(640, 5).reduce((sum, c) => sum + c, 0);
    expect(await ground()).toBeGreaterThan(700);
    await page.emulateMedia({ colorScheme: 'dark' });
    await soon(ground).toBeLessThan(100);
    expect(spots(await picture(page, { alone: true })).length).toBeGreaterThan(50);
    await page.emulateMedia({ colorScheme: 'light' });
    await soon(ground).toBeGreaterThan(700);
  });

  test('keeps the picture in the link', async () => {
    await page.getByLabel('Colour by').selectOption('section');
    await page.getByRole('switch', { name: /Noise/ }).click();
    await row(largest.name).getByRole('checkbox').click();
    await page.getByRole('searchbox').fill('medal');
    await row('Olympic medals').getByRole('button').click();
    await page.mouse.move(700, 300);
    await page.mouse.wheel(0, -200);
    await soon(() => page.url()).toMatch(/#.*view=.*color=column%3A0.*noise=1.*off=0.*search=medal.*topic=/);
    await rested(page);
    const before = await drawn();
    await shared.open(new URL(page.url()).hash);
    await soon(() => page.getByRole('searchbox').inputValue()).toBe('medal');
    expect(await page.getByLabel('Colour by').inputValue()).toBe('column:0');
    expect(await page.getByRole('switch', { name: /Noise/ }).isChecked()).toBe(true);
    expect(await row(largest.name).getByRole('checkbox').isChecked()).toBe(false);
    await page.locator('.results .entry').first().waitFor();
    await soon(async () => Math.abs((await drawn()) - before) / before).toBeLessThan(0.02);
  });
});

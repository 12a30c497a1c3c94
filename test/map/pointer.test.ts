import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCsv } from './csv.js';
import { inkPixels, picture } from './picture.js';
import { sampleMap } from './sample.js';
import { shareMap, soon } from './shared.js';

describe('choosing by hand', () => {
  const data = sampleMap(1500);
  const shared = shareMap(data);
  let page: Page;
  const drawn = async () => inkPixels(await picture(page, { alone: true }));
  beforeAll(() => {
    page = shared.page;
  });

  test('selects with lasso and box, and saves exactly those texts', async () => {
    const count = page.locator('.choice-count strong');
    const drag = async (places: [number, number][]) => {
      await page.mouse.move(...places[0]);
      await page.mouse.down();
      for (const place of places.slice(1)) await page.mouse.move(...place, { steps: 4 });
      await page.mouse.up();
    };
    await page.getByRole('button', { name: 'Select with a box' }).click();
    await drag([
      [520, 200],
      [800, 500],
    ]);
    await count.waitFor();
    const csv = await shared.saved(() =>
      page.locator('.choice').getByRole('button', { name: 'Save as CSV' }).click(),
    );
    expect(csv.name).toBe('1-500-headlines-of-2004-selection.csv');
    const lines = readCsv(csv.bytes);
    expect(await count.textContent()).toBe(`${lines.length} texts`);
    expect(lines.length).toBeGreaterThan(100);
    expect(Object.keys(lines[0])).toEqual([
      'section',
      'date',
      'length',
      'topic',
      'topic_name',
      'probability',
      'x',
      'y',
      'outlier_score',
    ]);
    // Every text on the map inside the bounds of those saved was saved, and nothing else.
    const xs = lines.map(({ x }) => Number(x));
    const ys = lines.map(({ y }) => Number(y));
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const inside = data.labels.filter((label, i) => {
      const [x, y] = [data.points[2 * i], data.points[2 * i + 1]];
      const slack = 1e-5;
      return label >= 0 && x > left - slack && x < right + slack && y > low - slack && y < high + slack;
    });
    expect(lines.length).toBe(inside.length);
    expect(lines.every(({ topic }) => Number(topic) >= 0)).toBe(true);

    // With Shift a lasso adds what it holds; with Alt it removes it again.
    const chosen = async () => Number.parseInt(((await count.textContent()) ?? '').replace(',', ''), 10);
    const below: [number, number][] = [
      [520, 500],
      [800, 500],
      [800, 720],
      [520, 720],
    ];
    await page.keyboard.down('Shift');
    await drag(below);
    await page.keyboard.up('Shift');
    await soon(chosen).toBeGreaterThan(lines.length);
    await page.keyboard.down('Alt');
    await drag([
      [500, 499],
      [830, 499],
      [830, 740],
      [500, 740],
    ]);
    await page.keyboard.up('Alt');
    await soon(async () => Math.abs((await chosen()) - lines.length)).toBeLessThanOrEqual(2);
    // A stray click on empty ground, and a double click, leave the selection alone.
    await page.mouse.click(640, 780);
    await page.mouse.dblclick(640, 780);
    expect(Math.abs((await chosen()) - lines.length)).toBeLessThanOrEqual(2);
    await page.locator('.choice').getByRole('button', { name: 'Clear', exact: true }).click();
    await page.locator('.choice').waitFor({ state: 'hidden' });
  });

  test('brushes a span of time, by drag and by keys', async () => {
    const chart = page.locator('.chart');
    const box = (await chart.boundingBox())!;
    const before = await drawn();
    await page.mouse.move(box.x + box.width * 0.25, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 5 });
    await page.mouse.up();
    await soon(() => page.locator('.span-label').textContent()).toMatch(
      /^.* – .* · [\d,]+ of 1,500 · a bar a week$/,
    );
    const [, from, to, shown] = /^(.*) – (.*) · ([\d,]+) of 1,500 · a bar a week$/.exec(
      (await page.locator('.span-label').textContent())!,
    )!;
    const [start, end] = [Date.parse(`${from} UTC`), Date.parse(`${to} UTC`) + 86_400_000];
    const dates = data.columns[1].values.map((value) => Date.parse(`${value}T00:00:00Z`));
    const expected = dates.filter((date, i) => data.labels[i] >= 0 && date >= start && date < end).length;
    expect(Number(shown.replace(',', ''))).toBe(expected);
    expect(expected).toBeGreaterThan(50);
    // Texts of other times turn faint.
    const vivid = async () => inkPixels(await picture(page, { alone: true }), { vivid: true });
    await soon(vivid).toBeLessThan(before * 0.8);
    await page.getByRole('slider', { name: 'End of the time span' }).focus();
    await page.keyboard.press('ArrowLeft');
    await soon(async () =>
      Number(/· ([\d,]+) of/.exec((await page.locator('.span-label').textContent()) ?? '')?.[1]),
    ).toBeLessThan(expected);
    await page.getByRole('button', { name: 'Show all times' }).click();
    await soon(drawn).toBe(before);
  });
});

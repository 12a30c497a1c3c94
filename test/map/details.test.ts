import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCsv } from './csv.js';
import { inkPixels, outsideNames, picture, spots } from './picture.js';
import { sampleMap } from './sample.js';
import { shareMap, soon } from './shared.js';

describe('the card of a text', () => {
  const data = sampleMap(1500);
  const shared = shareMap(data);
  let page: Page;
  const names = () => page.locator('.place');
  beforeAll(() => {
    page = shared.page;
  });

  test('shows a card at the pointer, and a click keeps it with its neighbours and its reason', async () => {
    const free = await outsideNames(page, spots(await picture(page, { alone: true })));
    const [spot] = free.filter(({ pixels }) => pixels < 90);
    await page.mouse.move(spot.x, spot.y);
    const card = page.locator('.hover');
    await card.waitFor({ state: 'visible' });
    const text = (await card.locator('.head, .text').allTextContents()).join('\n');
    const at = data.texts.indexOf(text);
    expect(at).toBeGreaterThanOrEqual(0);
    const topic = data.topics.find(({ id }) => id === data.labels[at]);
    expect(await card.textContent()).toContain(topic?.name);
    expect(await card.textContent()).toContain(String(data.columns[1].values[at]));

    await page.mouse.click(spot.x, spot.y);
    const details = page.locator('.details');
    await details.waitFor({ state: 'visible' });
    expect(await card.isHidden()).toBe(true);
    expect(await details.locator('h2').textContent()).toBe(text.split('\n')[0]);
    const near = data.neighbors!.indices.subarray(at * 6, at * 6 + 6);
    expect(await details.locator('.near-text').allTextContents()).toEqual(
      Array.from(near, (neighbor) => data.texts[neighbor].split('\n')[0]),
    );
    expect(await details.locator('.why').textContent()).toMatch(
      /of its 6 nearest texts are in .*Runner-up: “/,
    );

    await details.locator('.near').first().click();
    await soon(() => details.locator('h2').textContent()).toBe(data.texts[near[0]].split('\n')[0]);
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'hidden' });
  });

  test('explains why a text is noise', async () => {
    const lone = data.labels.indexOf(-1);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `text=${lone}`);
    const details = page.locator('.details');
    await details.waitFor({ state: 'visible' });
    expect(await details.locator('.why').textContent()).toMatch(
      /^Noise: it lets go of its surroundings at distance [\d.]+, where no topic has formed yet\.(.*)Nearest topic/,
    );
  });

  test('finds texts, counts them and lights them up', async () => {
    const vividBefore = inkPixels(await picture(page, { alone: true }), { vivid: true });
    const search = page.getByRole('searchbox');
    await search.pressSequentially('HURRICANÉ');
    const matching = data.texts.flatMap((text, i) => (text.toLowerCase().includes('hurricane') ? [i] : []));
    const hidden = matching.filter((i) => data.labels[i] < 0).length;
    await soon(() => page.locator('.found').textContent()).toBe(
      `${matching.length} texts of 1,500 match, ${hidden} of them hidden`,
    );
    await soon(() => page.locator('.results mark').first().textContent()).toMatch(/^hurricane$/i);
    await page.getByRole('button', { name: 'Show everything' }).click();
    // Lit points keep their colour; the others turn to faint grey.
    const vivid = async () => inkPixels(await picture(page, { alone: true }), { vivid: true });
    await soon(vivid).toBeLessThan(0.3 * vividBefore);
    expect(await vivid()).toBeGreaterThan(100);
    // Names of topics without a match are faint, and only those.
    const withMatch = new Set(matching.map((i) => data.topics.find(({ id }) => id === data.labels[i])?.name));
    const written = await names().evaluateAll((list) =>
      list.map((name) => ({
        name: name.textContent.replace('\n', ' '),
        faint: name.classList.contains('faint'),
      })),
    );
    expect(written.some(({ faint }) => faint)).toBe(true);
    for (const { name, faint } of written)
      expect({ name, faint }).toEqual({ name, faint: !withMatch.has(name) });
    const choice = page.locator('.choice');
    const save = () => shared.saved(() => choice.getByRole('button', { name: 'Save as CSV' }).click());
    expect(readCsv((await save()).bytes).length).toBe(matching.length - hidden);
    await choice.getByRole('button', { name: `Show ${hidden} in switched-off topics` }).click();
    await soon(() => page.locator('.found').textContent()).toBe(`${matching.length} texts of 1,500 match`);
    expect(readCsv((await save()).bytes).length).toBe(matching.length);
    await page.locator('.results .entry').first().click();
    await page.locator('.details mark').first().waitFor();
    await search.focus();
    await page.keyboard.press('Escape');
    await soon(() => page.locator('.found').textContent()).toBe('');
  });
});

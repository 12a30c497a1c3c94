import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { reopen } from './open.js';
import { sampleMap } from './sample.js';
import { shareMap, soon } from './shared.js';

describe('moving over the map', () => {
  const data = sampleMap(1500);
  const shared = shareMap(data);
  let page: Page;
  const stage = () => page.locator('.stage');
  beforeAll(() => {
    page = shared.page;
  });

  test('can be navigated by keyboard: topic to topic, into one, text to text, and a card', async () => {
    const said = () => page.locator('[aria-live]').textContent();
    await stage().focus();
    await page.keyboard.press('ArrowRight');
    await soon(said).toMatch(/^[\w ]+, \d+ texts\. /);
    const first = await said();
    await page.keyboard.press('ArrowLeft');
    await soon(said).not.toBe(first);
    await page.keyboard.press('Enter');
    const heard = async () => {
      const words = (await said()) ?? '';
      return data.texts.findIndex((text) => words.startsWith(text.slice(0, 200)));
    };
    await soon(heard).toBeGreaterThanOrEqual(0);
    const one = await heard();
    await page.keyboard.press('ArrowDown');
    await soon(heard).not.toBe(one);
    const other = await heard();
    // Down on the map is a smaller y in the data.
    expect(data.points[2 * other + 1]).toBeLessThan(data.points[2 * one + 1]);
    await page.keyboard.press('Enter');
    await soon(() => page.locator('.details h2').textContent()).toBe(data.texts[other].split('\n')[0]);
    await page.keyboard.press('Escape');
    await page.locator('.details').waitFor({ state: 'hidden' });
    await page.keyboard.press('/');
    expect(await page.getByRole('searchbox').evaluate((box) => box === document.activeElement)).toBe(true);
  });

  test('flies to a topic, and jumps where motion is unwanted', async () => {
    // A clock that the test moves on: how many frames a busy machine draws doesn't matter.
    const clocked = await page.context().newPage();
    await clocked.clock.install();
    const placesOnTheWay = async (reducedMotion: 'reduce' | 'no-preference') => {
      await clocked.emulateMedia({ reducedMotion });
      await reopen({ page: clocked, path: shared.map.path });
      await clocked.clock.pauseAt(await clocked.evaluate(() => Date.now() + 1000));
      await clocked.locator('table.topics .go', { hasText: 'Tennis' }).click();
      const seen = new Set<string>();
      for (let step = 0; step < 9; step++) {
        await clocked.clock.runFor(50);
        seen.add(
          await clocked
            .locator('.place')
            .first()
            .evaluate((name) => name.style.transform),
        );
      }
      await clocked.clock.resume();
      return seen.size;
    };
    expect(await placesOnTheWay('reduce')).toBe(1);
    expect(await placesOnTheWay('no-preference')).toBeGreaterThan(6);
    await clocked.close();
  });
});

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { rested } from './open.js';
import { differingPixels, inkPixels, picture } from './picture.js';
import { sampleMap } from './sample.js';
import { shareMap, soon } from './shared.js';

describe('names on the map', () => {
  const data = sampleMap(1500);
  const shared = shareMap(data);
  let page: Page;
  const names = () => page.locator('.place');
  const chips = () => page.locator('.chips .filter bdi').allTextContents();
  beforeAll(() => {
    page = shared.page;
  });

  test('writes names without overlap, and more of them on zooming in', async () => {
    const boxes = async () => {
      const all = await names().evaluateAll((list) =>
        list.map((element) => {
          const { left, top, right, bottom } = element.getBoundingClientRect();
          return { left, top, right, bottom };
        }),
      );
      for (let i = 0; i < all.length; i++)
        for (let j = 0; j < i; j++) {
          const apart =
            all[i].right <= all[j].left ||
            all[j].right <= all[i].left ||
            all[i].bottom <= all[j].top ||
            all[j].bottom <= all[i].top;
          expect(apart).toBe(true);
        }
      return all.length;
    };
    const home = await boxes();
    await page.mouse.move(690, 400);
    await page.mouse.wheel(0, 400);
    await soon(boxes).toBeLessThan(home);
    const far = await boxes();
    await page.mouse.wheel(0, -400);
    await soon(boxes).toBeGreaterThan(far);
  });

  test('a name is a button: its click chooses its topic, whatever text lies under it', async () => {
    for (const topic of data.topics.slice(0, 5)) {
      await page.getByRole('button', { name: 'Show everything' }).click();
      const name = names()
        .filter({ hasText: topic.name.split(' ')[0] })
        .first();
      if ((await name.count()) === 0) continue;
      await name.click();
      await soon(() => page.locator('table.topics tr.current .name').textContent()).toBe(topic.name);
      expect(await page.locator('.details').isHidden()).toBe(true);
      expect(await page.locator('.choice h2').textContent()).toBe(topic.name);
      await page.locator('.choice').getByRole('button', { name: 'Clear', exact: true }).click();
    }
  });

  test('a name that is pointed at lights its texts and dims the rest', async () => {
    // With the panels, which the pointer is over; away is a place without any.
    const away = () => page.mouse.move(2, 450);
    await away();
    await rested(page);
    const before = await picture(page);
    await page.locator('table.topics .go').nth(1).hover();
    await rested(page);
    const lit = inkPixels(await picture(page), { vivid: true });
    expect(lit).toBeLessThan(0.7 * inkPixels(before, { vivid: true }));
    expect(lit).toBeGreaterThan(2000);
    await away();
    await rested(page);
    expect(differingPixels(await picture(page), before)).toBe(0);
    expect(await chips()).toEqual([]);
  });

  test.each([
    [1400, 900],
    [390, 780],
  ])(
    '%i px: names are read in full, and over 40 zoom steps none in view vanishes or jumps',
    async (width, height) => {
      await page.setViewportSize({ width, height });
      await shared.open('#topics=25');
      const [x, y] = [width / 2, height / 2];
      // Events from inside the page: the names are read in the frame that follows each.
      const [home, ...later] = await page.evaluate(
        async (at) => {
          const places = () =>
            [...document.querySelectorAll<HTMLElement>('.place')].map((name) => {
              const { left, top, right, bottom } = name.getBoundingClientRect();
              const id = name.dataset.topic ?? '';
              return { id, left, top, right, bottom, x: (left + right) / 2, y: (top + bottom) / 2 };
            });
          const seen = [places()];
          for (let step = 0; step < 40; step++) {
            document.querySelector('.stage')?.dispatchEvent(new WheelEvent('wheel', at));
            await new Promise((resolve) => requestAnimationFrame(resolve));
            seen.push(places());
          }
          return seen;
        },
        { deltaY: -50, clientX: x, clientY: y, bubbles: true, cancelable: true },
      );
      expect(home.length).toBeGreaterThan(5);
      const panels = await page
        .locator('.contents, .bar, .options, .timeline')
        .evaluateAll((list) => list.map((panel) => panel.getBoundingClientRect().toJSON() as DOMRect));
      for (const { id, left, top, right, bottom } of home) {
        expect([id, left >= 0 && top >= 0 && right <= width && bottom <= height]).toEqual([id, true]);
        const isUnder = (panel: DOMRect) =>
          left < panel.right && right > panel.left && top < panel.bottom && bottom > panel.top;
        expect([id, panels.some(isUnder)]).toEqual([id, false]);
      }
      const factor = Math.exp(0.1);
      let before = home;
      for (const [step, places] of later.entries()) {
        const after = new Map(places.map((place) => [place.id, place]));
        for (const old of before) {
          const expected = { x: x + (old.x - x) * factor, y: y + (old.y - y) * factor };
          const isInView =
            expected.x > 20 && expected.y > 20 && expected.x < width - 20 && expected.y < height - 20;
          if (!isInView) continue;
          const now = after.get(old.id);
          expect(now, `name ${old.id} at step ${step}`).toBeDefined();
          expect(Math.hypot((now?.x ?? 0) - expected.x, (now?.y ?? 0) - expected.y)).toBeLessThan(12);
        }
        before = places;
      }
      // It did zoom: the map is 55 times as large, and names have left the window.
      const ids = new Set(before.map(({ id }) => id));
      expect(home.filter(({ id }) => ids.has(id)).length).toBeLessThan(home.length / 2);
    },
  );
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../helpers/chromium.js';
import { openMap, reopen, rested } from './open.js';
import { inkPixels, picture } from './picture.js';
import { sampleMap } from './sample.js';

/** Kept after the run, for people to look at. */
const KEPT = new URL('../../.cache/screenshots/', import.meta.url).pathname;

let browser: Browser;
beforeAll(async () => {
  mkdirSync(KEPT, { recursive: true });
  browser = await openChromium();
});
afterAll(() => browser?.close());

const brightness = ([r, g, b]: [number, number, number]) => (r + g + b) / 3;

test.each([400, 7600, 200_000])(
  '%i texts are drawn in light and in dark, and the pictures kept',
  async (rows) => {
    const data = sampleMap(rows, { neighbors: rows < 100_000 });
    const grounds: number[] = [];
    const map = await openMap(browser, data);
    for (const colorScheme of ['light', 'dark'] as const) {
      await map.page.emulateMedia({ colorScheme });
      // The many texts change their theme while they are shown, the others open in it: both ways are seen.
      if (colorScheme === 'dark' && rows < 100_000) await reopen(map);
      await rested(map.page);
      writeFileSync(join(KEPT, `${rows}-${colorScheme}.png`), await map.page.screenshot());
      const points = await picture(map.page, { alone: true });
      expect(inkPixels(points)).toBeGreaterThan(1000);
      grounds.push(brightness(points.at(2, 2)));
    }
    expect(map.complaints).toEqual([]);
    await map.close();
    expect(grounds[0]).toBeGreaterThan(200);
    expect(grounds[1]).toBeLessThan(60);
  },
);

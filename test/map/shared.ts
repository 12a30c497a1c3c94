import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { MapData } from '../../src/map/map.js';
import { openChromium } from '../helpers/chromium.js';
import { type OpenMap, openMap, reopen, VIEWPORT } from './open.js';

/** Polls until the page has drawn, which takes long on a busy machine. */
export const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 20_000 });

/** A map in a browser that all tests of a file share. */
export interface SharedMap {
  readonly browser: Browser;
  readonly map: OpenMap;
  readonly page: Page;
  /** Opens it anew, with nothing chosen but what the hash holds. */
  open(hash?: string): Promise<void>;
  /** The file that a press of a button saves. */
  saved(press: () => Promise<void>): Promise<{ name: string; bytes: Buffer }>;
}

/** Opens the map once, and anew before each test; afterwards the page must not have complained. */
export function shareMap(data: MapData, options: BrowserContextOptions = {}): SharedMap {
  let browser: Browser;
  let map: OpenMap;
  beforeAll(async () => {
    browser = await openChromium();
    map = await openMap(browser, data, options);
  });
  beforeEach(async () => {
    await map.page.setViewportSize(options.viewport ?? VIEWPORT);
    await reopen(map);
  });
  afterAll(async () => {
    await map?.close();
    await browser?.close();
    expect(map.complaints).toEqual([]);
  });
  return {
    get browser() {
      return browser;
    },
    get map() {
      return map;
    },
    get page() {
      return map.page;
    },
    open: (hash = '') => reopen(map, hash),
    async saved(press) {
      const [file] = await Promise.all([map.page.waitForEvent('download'), press()]);
      return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
    },
  };
}

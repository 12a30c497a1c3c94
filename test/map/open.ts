import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type MapData, writeMap } from '../../src/map/map.js';

/** Of maps that are opened without another one. */
export const VIEWPORT = { width: 1280, height: 800 };

/** A map written to disk, opened without network. `complaints` fills with console errors and refused requests. */
export interface OpenMap {
  page: Page;
  path: string;
  complaints: string[];
  close(): Promise<void>;
}

/** Resolves when the page has taken its input, nothing of it is under way, and three frames went by like that. */
export const rested = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let frames = 0;
        const look = () => {
          const isMoving = document.getAnimations().some(({ playState }) => playState === 'running');
          const rests = document.documentElement.hasAttribute('data-rest') && !isMoving;
          frames = rests ? frames + 1 : 0;
          if (frames > 2) resolve();
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );

/** Opens the map anew in its page, with nothing chosen but what the hash holds. */
export async function reopen({ page, path }: Pick<OpenMap, 'page' | 'path'>, hash = ''): Promise<void> {
  await page.goto('about:blank');
  await page.goto(pathToFileURL(path).href + hash);
  await rested(page);
}

export async function openMap(
  browser: Browser,
  data: MapData,
  options: BrowserContextOptions & { hash?: string } = {},
): Promise<OpenMap> {
  const { hash = '', ...contextOptions } = options;
  const folder = await mkdtemp(join(tmpdir(), 'denscape-map-'));
  const path = join(folder, 'map.html');
  await writeMap(path, data);
  const context = await browser.newContext({
    viewport: VIEWPORT,
    reducedMotion: 'reduce',
    ...contextOptions,
  });
  const complaints: string[] = [];
  await context.setOffline(true);
  await context.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith('file:')) return route.continue();
    complaints.push(`requested ${url}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(path).href + hash);
  await rested(page);
  return {
    page,
    path,
    complaints,
    async close() {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

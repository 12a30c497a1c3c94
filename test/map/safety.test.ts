import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChromium } from '../helpers/chromium.js';
import { HOSTILE, hostileMap } from './fuzz.js';
import { type OpenMap, openMap } from './open.js';
import { picture, spots } from './picture.js';

describe('a map of hostile texts', () => {
  let browser: Browser;
  let map: OpenMap;
  beforeAll(async () => {
    browser = await openChromium();
    map = await openMap(browser, hostileMap());
  });
  afterAll(async () => {
    await map?.close();
    await browser?.close();
  });

  /** Hovers every point that is drawn, and reads its card. */
  async function hoveredTexts(): Promise<string[]> {
    const { page } = map;
    const seen: string[] = [];
    for (const { x, y } of spots(await picture(page, { alone: true }))) {
      await page.mouse.move(x, y);
      await page.locator('.hover').waitFor({ state: 'visible' });
      seen.push((await page.locator('.hover').locator('.head, .text').allTextContents()).join('\n'));
      await page.mouse.move(2, 2);
      await page.locator('.hover').waitFor({ state: 'hidden' });
    }
    return seen;
  }

  test('shows every text as text in its card, the longest shortened', async () => {
    const shown = await hoveredTexts();
    expect(shown).toHaveLength(HOSTILE.length);
    const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\ufffd');
    for (const text of HOSTILE) {
      const wanted =
        text === '' ? 'empty text' : text.length > 1000 ? `${text.slice(0, 320)}…` : wellFormed(text);
      expect(shown).toContain(wanted);
    }
  });

  test('makes no element of them and runs nothing', async () => {
    const { page } = map;
    expect(await page.locator('img, iframe, object, embed').count()).toBe(0);
    // Two scripts run, one that unpacks and one that it unpacked; all the others are blocks of data.
    const scripts = await page
      .locator('script')
      .evaluateAll((list) => list.map((s) => s.getAttribute('type')));
    expect(scripts.filter((type) => type !== 'application/octet-stream')).toEqual([null, null]);
    expect(await page.title()).toBe(HOSTILE[0]);
    expect(await page.locator('h1').textContent()).toBe(HOSTILE[0]);
    expect(await page.locator('table.topics tbody th').allTextContents()).toEqual(HOSTILE.slice(0, 3));
    expect(map.complaints).toEqual([]);
  });

  test('forbids network, foreign scripts and inline handlers by its policy', async () => {
    const html = await readFile(map.path, 'utf8');
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const violations = await map.page.evaluate(async () => {
      const seen: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'document.title = "owned"';
      document.body.append(script);
      const button = document.createElement('button');
      button.setAttribute('onclick', 'document.title = "owned"');
      document.body.append(button);
      button.click();
      await fetch('https://example.org/').catch(() => {});
      const image = document.createElement('img');
      image.src = 'https://example.org/x.png';
      document.body.append(image);
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (const element of [script, button, image]) element.remove();
      return seen;
    });
    expect(violations.sort()).toEqual(['connect-src', 'img-src', 'script-src-attr', 'script-src-elem']);
    expect(await map.page.title()).toBe(HOSTILE[0]);
  });
});

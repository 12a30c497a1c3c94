import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChromium } from '../helpers/chromium.js';
import { type OpenMap, openMap, reopen } from './open.js';
import { sampleMap } from './sample.js';
import { soon } from './shared.js';

describe('what a map says of its run', () => {
  const quality = [
    { name: 'Share in topics', value: 0.85, shown: '85 %', meaning: 'Rows that are in some topic.' },
    { name: 'Stability', value: null, shown: 'not measured', meaning: 'In how many subsamples.' },
  ];
  const data = { ...sampleMap(300), quality };
  data.topics = data.topics.map((topic, i) => (i === 0 ? { ...topic, foundAgain: 7 } : topic));
  let browser: Browser;
  let map: OpenMap;

  beforeAll(async () => {
    browser = await openChromium();
    map = await openMap(browser, data, { viewport: { width: 1200, height: 900 } });
  });
  afterAll(async () => {
    await map?.close();
    await browser?.close();
    expect(map.complaints).toEqual([]);
  });

  test('is folded at first; each measure of quality then stands with how to read it', async () => {
    const card = map.page.locator('details', { hasText: 'How good it is' });
    expect(await card.locator('.meaning').first().isVisible()).toBe(false);
    await card.locator('summary').click();
    expect(await card.locator('.meaning').first().isVisible()).toBe(true);
    expect(await card.locator('dt').allTextContents()).toEqual(quality.map(({ name }) => name));
    expect(await card.locator('dd:not(.meaning)').allTextContents()).toEqual(['85 %', 'not measured']);
    expect(await card.locator('.meaning').allTextContents()).toEqual(quality.map(({ meaning }) => meaning));
  });

  test('how it came about is a list of its own, with everything the file says', async () => {
    const about = map.page.locator('details', { hasText: 'About this map' });
    await about.locator('summary').click();
    expect(await about.locator('dt').allTextContents()).toEqual(data.footer.map(({ label }) => label));
    expect(await about.locator('dd').allTextContents()).toEqual(data.footer.map(({ value }) => value));
  });

  test('a topic says in how many subsamples it is found again, where that was measured', async () => {
    const note = map.page.locator('.overview > .stability');
    const [measured, other] = data.topics;
    await reopen(map);
    await map.page.getByRole('button', { name: measured.name, exact: true }).first().click();
    await soon(() => note.textContent()).toBe('Found again in 7 of 10 subsamples of 90 % of the texts.');
    expect(await note.isVisible()).toBe(true);
    await map.page.getByRole('button', { name: other.name, exact: true }).first().click();
    await soon(() => note.isVisible()).toBe(false);
  });

  test('a map without measures has no card of quality', async () => {
    const plain = await openMap(browser, sampleMap(100));
    expect(await plain.page.locator('details', { hasText: 'How good it is' }).count()).toBe(0);
    expect(await plain.page.locator('details', { hasText: 'About this map' }).count()).toBe(1);
    await plain.close();
  });
});

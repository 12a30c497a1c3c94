import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyEdits, fingerprint, readEdits } from '../../src/edits/edits.js';
import { openChromium } from '../helpers/chromium.js';
import { type OpenMap, openMap, reopen } from './open.js';
import { sampleMap } from './sample.js';
import { soon } from './shared.js';

describe('edits on the map', () => {
  const data = sampleMap(900);
  const [first, second, third] = data.topics;
  let browser: Browser;
  let map: OpenMap;
  let page: Page;
  const choice = () => page.locator('.choice');
  const listed = () =>
    page.locator('table.topics tbody tr').evaluateAll((rows) =>
      Object.fromEntries(
        rows.map((row) => [
          row.querySelector('.name bdi')?.textContent ?? '',
          Number(
            row
              .querySelector('.size')
              ?.textContent?.replace(/^.* of /, '')
              .replace(',', ''),
          ),
        ]),
      ),
    );
  const choose = async (name: string) => {
    await page.locator('table.topics .go', { hasText: name }).first().click();
    await choice().getByRole('tab', { name: 'Edit' }).click();
  };

  beforeAll(async () => {
    browser = await openChromium();
    map = await openMap(browser, data, { viewport: { width: 1400, height: 900 } });
    page = map.page;
  });
  afterAll(async () => {
    await map?.close();
    await browser?.close();
    expect(map.complaints).toEqual([]);
  });

  test('are undoable, shown, kept for the next visit, and saved as a file that replays the same', async () => {
    await choose(first.name);
    await choice().getByLabel('Name').fill('By hand');
    await choice().getByRole('button', { name: 'Rename' }).click();
    await soon(async () => (await listed())['By hand']).toBe(first.size);
    expect(await page.locator('table.topics tr', { hasText: 'By hand' }).locator('.edited').count()).toBe(1);

    await choose(second.name);
    await choice()
      .getByLabel('Merge into')
      .selectOption({ label: `By hand (${first.size})` });
    await choice().getByRole('button', { name: 'Merge' }).click();
    await soon(async () => (await listed())['By hand']).toBe(first.size + second.size);
    expect(Object.keys(await listed())).not.toContain(second.name);
    await page.locator('.stage').focus();
    await page.keyboard.press('Control+z');
    await soon(async () => (await listed())[second.name]).toBe(second.size);
    await page.keyboard.press('Control+y');
    await soon(async () => (await listed())['By hand']).toBe(first.size + second.size);

    await choose(third.name);
    await choice().getByRole('button', { name: 'Drop the topic into noise' }).click();
    await soon(async () => Object.keys(await listed()).includes(third.name)).toBe(false);

    // A search becomes a topic.
    await page.getByRole('searchbox', { name: 'Search the texts' }).fill('ferrari');
    await soon(() => page.locator('.chips .filter bdi').allTextContents()).toEqual(['“ferrari”']);
    const found = Number((await page.locator('.choice-count strong').textContent())?.replace(/\D/g, ''));
    await choice().getByRole('tab', { name: 'Edit' }).click();
    await choice().getByLabel('New topic named').fill('Red cars');
    await choice().getByRole('button', { name: 'Split off' }).click();
    await soon(async () => (await listed())['Red cars']).toBe(found);
    await soon(() => choice().locator('h2').textContent()).toBe('Red cars');

    const after = await listed();
    await choice().getByRole('tab', { name: 'Edit' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      choice().getByRole('button', { name: 'Save edits.json' }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/-edits\.json$/);
    const edits = readEdits(JSON.parse(await readFile(await file.path(), 'utf8')));
    const replayed = applyEdits(data, edits, (row) => fingerprint(data.texts[row]));
    expect(replayed.failed).toEqual([]);
    for (const { name, size } of replayed.topics) expect(after[name]).toBe(size);
    expect(after.Noise).toBe(replayed.labels.filter((label) => label < 0).length);

    await reopen(map);
    await soon(listed).toEqual(after);
    await page.getByRole('button', { name: 'Read all texts' }).click();
    await choice().getByRole('tab', { name: 'Edit' }).click();
    await choice().getByRole('button', { name: 'Take all back' }).click();
    await soon(async () => (await listed())[third.name]).toBe(third.size);
  });

  test('a note on a text stays with it', async () => {
    await page.evaluate(() => {
      location.hash = 'text=5';
    });
    const note = page.getByLabel('Note on this text');
    await note.fill('read again');
    await note.press('Enter');
    await soon(() => note.inputValue()).toBe('read again');
    await page.evaluate(() => {
      location.hash = 'text=6';
    });
    await soon(() => page.getByLabel('Note on this text').inputValue()).toBe('');
    await page.evaluate(() => {
      location.hash = 'text=5';
    });
    await soon(() => page.getByLabel('Note on this text').inputValue()).toBe('read again');
  });
});

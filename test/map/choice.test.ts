import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openChromium } from '../helpers/chromium.js';
import { type OpenMap, openMap, reopen, rested } from './open.js';
import { inkPixels, picture } from './picture.js';
import { sampleMap } from './sample.js';
import { soon } from './shared.js';

describe('what is chosen', () => {
  const data = sampleMap(1500, { levels: true });
  for (const group of data.levels?.[0].groups.slice(0, 1) ?? []) group.summary = 'What its texts are about.';
  const [sections, , lengths] = data.columns.map(({ values }) => values);
  const isPresent = (word: string) => (text: string) => new RegExp(`\\b${word}\\b`, 'i').test(text);
  let browser: Browser;
  let map: OpenMap;
  let page: Page;
  const choice = () => page.locator('.choice');
  const chips = () => page.locator('.chips .filter bdi').allTextContents();
  const chosen = async () =>
    Number((await page.locator('.choice-count strong').textContent())?.replace(/\D/g, ''));
  const search = async (query: string) =>
    page.getByRole('searchbox', { name: 'Search the texts' }).fill(query);
  const open = (hash = '') => reopen(map, hash);

  beforeAll(async () => {
    browser = await openChromium();
    map = await openMap(browser, data, { viewport: { width: 1400, height: 900 } });
    page = map.page;
  });
  beforeEach(async () => {
    await page.setViewportSize({ width: 1400, height: 900 });
    await open();
  });
  afterAll(async () => {
    await map?.close();
    await browser?.close();
    expect(map.complaints).toEqual([]);
  });

  test('a theme: its share, keywords with bars, central texts, how it divides over each column', async () => {
    const [theme] = data.levels?.[0].groups ?? [];
    await page.getByRole('button', { name: theme.name, exact: true }).first().click();
    await soon(() => choice().locator('h2').textContent()).toBe(theme.name);
    expect(await page.locator('.choice-count').textContent()).toBe(
      `${theme.size} texts of 1,500 · ${Math.round(theme.size / 15)} %`,
    );
    await soon(() => choice().locator('.words .word').allTextContents()).toEqual([...theme.keywords]);
    expect(await choice().locator('.topic-summary').textContent()).toBe('What its texts are about.');
    const central = await choice().locator('.overview ol .near-text').allTextContents();
    expect(central).toEqual(theme.exemplars.map((row) => data.texts[row].split('\n')[0]));
    const facets = choice().locator('.facet');
    expect(await facets.count()).toBe(3);
    const [own] = await facets.first().locator('.category').allTextContents();
    // The sample's themes are its sections.
    expect(own).toBe(`${theme.name}${theme.size}`);
    expect(await facets.nth(2).textContent()).toMatch(/^–\d+ of 1,500 with a value \(\d+ %\), median \d+$/);
  });

  test('filters add up: topic, search, category and number; each is a chip that takes itself away', async () => {
    await search('up');
    const first = data.texts.filter(isPresent('up')).length;
    await soon(chosen).toBe(first);
    await choice().getByRole('tab', { name: 'About' }).click();
    await choice().locator('.category', { hasText: 'World' }).last().click();
    const both = data.texts.filter((text, row) => isPresent('up')(text) && sections[row] === 'World').length;
    await soon(chosen).toBe(both);
    const high = choice().getByLabel('Highest length');
    await high.fill('120');
    await high.press('Enter');
    const passes = (row: number) =>
      isPresent('up')(data.texts[row]) && sections[row] === 'World' && Number(lengths[row]) <= 120;
    const all = data.texts.filter((_, row) => passes(row)).length;
    expect(all).toBeGreaterThan(0);
    expect(all).toBeLessThan(both);
    await soon(chosen).toBe(all);
    expect(await chips()).toEqual(['“up”', 'section: World', expect.stringMatching(/^length: \d+ – 120$/)]);
    // The list of groups and the timeline count what is left.
    const world = page.locator('table.topics tr', { hasText: 'World' });
    expect(await world.locator('.size').textContent()).toBe(
      `${all} of ${sections.filter((section) => section === 'World').length}`,
    );
    expect(await page.locator('.span-label').textContent()).toContain(` · ${all} of 1,500`);
    await page.getByRole('button', { name: 'Remove section: World' }).click();
    const rest = data.texts.filter(
      (text, row) => isPresent('up')(text) && Number(lengths[row]) <= 120,
    ).length;
    await soon(chosen).toBe(rest);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await soon(chips).toEqual([]);
    expect(await choice().isHidden()).toBe(true);
  });

  test('where no text passes all filters, it says how many would without each', async () => {
    // A word, without those of the theme's texts that hold it.
    const word = 'ferrari';
    const others = data.texts.filter((text, row) => sections[row] === 'World' && isPresent(word)(text));
    const query = [word, ...others.map((text) => `-"${text.split('\n')[0]}"`)].join(' ');
    await search(query);
    const found = data.texts.filter(isPresent(word)).length - others.length;
    await soon(chosen).toBe(found);
    await page.getByRole('button', { name: 'World', exact: true }).first().click();
    await soon(chosen).toBe(0);
    const ways = choice().locator('.choice-count li');
    const world = sections.filter((section) => section === 'World').length;
    expect(await ways.allTextContents()).toEqual([
      `Without World: ${found}`,
      expect.stringMatching(new RegExp(`^Without “${word}.*: ${world}$`)),
    ]);
    await ways.first().getByRole('button').click();
    await soon(chosen).toBe(found);
    expect(await ways.count()).toBe(0);
  });

  test('undo and redo, Back and Forward step through choices, and the link holds all of them', async () => {
    await search('hurricane');
    await soon(chips).toEqual(['“hurricane”']);
    await page.getByRole('button', { name: 'World', exact: true }).first().click();
    await soon(chips).toEqual(['World', '“hurricane”']);
    const both = await chosen();
    const url = page.url();
    await page.goBack();
    await soon(chips).toEqual(['“hurricane”']);
    await page.goForward();
    await soon(chips).toEqual(['World', '“hurricane”']);
    await page.locator('.stage').focus();
    await page.keyboard.press('Control+z');
    await soon(chips).toEqual(['“hurricane”']);
    await page.keyboard.press('Control+z');
    await soon(chips).toEqual([]);
    expect(await page.getByRole('button', { name: /^Undo/ }).isDisabled()).toBe(true);
    await page.keyboard.press('Control+Shift+z');
    await soon(chips).toEqual(['“hurricane”']);
    await page.getByRole('button', { name: /^Redo/ }).click();
    await soon(chips).toEqual(['World', '“hurricane”']);
    await open(new URL(url).hash);
    await soon(chips).toEqual(['World', '“hurricane”']);
    await soon(chosen).toBe(both);
  });

  test('all texts are read, whatever was chosen, and undo gives the choice back', async () => {
    await open('#topics=25&topic=0');
    await soon(chosen).toBe(data.topics[0].size);
    await page.getByRole('button', { name: 'Read all texts' }).click();
    await soon(chosen).toBe(1500);
    await soon(chips).toEqual([]);
    await page.keyboard.press('Control+z');
    await soon(chosen).toBe(data.topics[0].size);
  });

  test('all texts of a choice: sorted by probability, a date or a number, by mouse and by keys', async () => {
    await page.getByRole('button', { name: 'Read all texts' }).click();
    await soon(chosen).toBe(1500);
    await choice()
      .getByRole('tab', { name: /^Texts/ })
      .click();
    const list = page.getByRole('listbox');
    const sort = page.getByLabel('Sort the texts by');
    const values = () => list.locator('.distance').allTextContents();
    await soon(async () => (await values())[0]).toBe('100 %');
    await sort.selectOption('length');
    const longest = [...lengths].map(Number).sort((a, b) => b - a);
    await soon(async () => (await values()).slice(0, 6).map(Number)).toEqual(longest.slice(0, 6));
    // Few entries exist at a time, whatever the length of the list.
    expect(await list.locator('.entry').count()).toBeLessThan(40);
    await page.getByRole('button', { name: /click to turn round/ }).click();
    await soon(async () => Number((await values())[0])).toBe(longest[1499]);
    await list.focus();
    await page.keyboard.press('End');
    const current = () => list.locator('[aria-selected="true"]');
    await soon(() => current().getAttribute('aria-posinset')).toBe('1500');
    expect(Number(await current().locator('.distance').textContent())).toBe(longest[0]);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await soon(() => current().getAttribute('aria-posinset')).toBe('2');
    const row = Number(await current().getAttribute('data-row'));
    await page.keyboard.press('Enter');
    await soon(() => page.locator('.details h2').textContent()).toBe(data.texts[row].split('\n')[0]);
    await page.keyboard.press('Escape');
    await choice().waitFor({ state: 'visible' });
  });

  test('compared with another topic: the words and columns that set the two apart', async () => {
    await open(`#topics=25&topic=0`);
    const [first, second] = data.topics;
    await choice().getByRole('tab', { name: 'Compare' }).click();
    await page.getByLabel('Compare with').selectOption({ label: `${second.name} (${second.size})` });
    const words = async (title: string) =>
      choice()
        .locator('h3', { hasText: title })
        .locator('xpath=following-sibling::ul[1]')
        .locator('.word')
        .allTextContents();
    await soon(async () => (await words('Words of the chosen texts')).length).toBeGreaterThan(3);
    // The words of a topic are those that its texts were made from; the frames' words are common to both.
    const ours = sampleWords(first.keywords[0]);
    for (const word of (await words('Words of the chosen texts')).slice(0, 5)) expect(ours).toContain(word);
    const theirs = sampleWords(second.keywords[0]);
    for (const word of (await words(`Words of ${second.name}`)).slice(0, 5)) expect(theirs).toContain(word);
    expect(await choice().textContent()).toMatch(/informative Dirichlet prior/);
    await soon(() => page.url()).toMatch(/with=1/);
  });

  /** All words of the topic that has this keyword. */
  function sampleWords(keyword: string): string[] {
    const rows = [...data.labels.keys()].filter((row) =>
      data.topics.find(({ id }) => id === data.labels[row])?.keywords.includes(keyword),
    );
    return [...new Set(rows.flatMap((row) => data.texts[row].toLowerCase().match(/[a-z]+/g) ?? []))];
  }

  test('a choice that was kept is compared with another', async () => {
    await search('medal');
    await soon(chips).toEqual(['“medal”']);
    await choice().getByRole('tab', { name: 'Compare' }).click();
    await page.getByRole('button', { name: 'Keep this choice' }).click();
    await search('novel');
    await soon(chips).toEqual(['“novel”']);
    await choice().getByRole('tab', { name: 'Compare' }).click();
    await page.getByLabel('Compare with').selectOption('kept');
    const [novels, medals] = ['novel', 'medal'].map((word) => data.texts.filter(isPresent(word)).length);
    await soon(() => choice().locator('.note').first().textContent()).toMatch(
      new RegExp(`^${novels} chosen texts against ${medals} of “medal”`),
    );
  });

  test('a search looks in columns and names too, and offers topics of that name', async () => {
    await search('sports');
    await soon(chosen).toBe(0);
    await page.locator('.fields summary').click();
    await page.getByRole('checkbox', { name: 'section' }).check();
    const sports = sections.filter((section) => section === 'Sports').length;
    await soon(chosen).toBe(sports);
    await search('sports ferrari');
    await soon(chosen).toBe(
      data.texts.filter((text, row) => sections[row] === 'Sports' && isPresent('ferrari')(text)).length,
    );
    await search('tennis');
    await page.getByRole('button', { name: /^Topic: Tennis/ }).click();
    await soon(chips).toEqual(['Tennis']);
  });

  test('a topic that is chosen from the list stays under the pointer, and coloured while another is pointed at', async () => {
    // Low enough for a list that can be scrolled.
    await page.setViewportSize({ width: 1400, height: 700 });
    await open('#topics=25');
    const rows = page.locator('table.topics tbody tr');
    const top = async () => (await rows.nth(8).boundingBox())?.y ?? 0;
    const before = await top();
    await rows.nth(8).locator('.go').click();
    await choice().waitFor({ state: 'visible' });
    await rested(page);
    expect(Math.abs((await top()) - before)).toBeLessThan(2);
    const vivid = async () => inkPixels(await picture(page, { alone: true }), { vivid: true });
    const alone = await vivid();
    expect(alone).toBeGreaterThan(200);
    await rows.nth(12).locator('.go').hover();
    await rested(page);
    expect(await vivid()).toBeGreaterThan(0.95 * alone);
  });

  test('presentation: the title, the map and its names alone, until Escape', async () => {
    await page.locator('.stage').focus();
    await page.keyboard.press('p');
    await page.locator('.side').waitFor({ state: 'hidden' });
    expect(await page.locator('.shown-title').isVisible()).toBe(true);
    expect(await page.locator('.place').count()).toBeGreaterThan(3);
    await page.keyboard.press('Escape');
    await page.locator('.side').waitFor({ state: 'visible' });
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test('the theme can be chosen against the system’s', async () => {
    await page.getByLabel('Save or share').click();
    await page.getByLabel('Theme').selectOption('dark');
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await soon(ground).toBe('rgb(16, 20, 25)');
    await page.getByLabel('Theme').selectOption('system');
    await soon(ground).toBe('rgb(251, 250, 247)');
  });
});

import { readFile } from 'node:fs/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MapData } from '../../src/map/map.js';
import { openChromium } from '../helpers/chromium.js';
import { type OpenMap, openMap, reopen, rested } from './open.js';
import { inkPixels, outsideNames, picture, readPng, spots } from './picture.js';
import { sampleMap } from './sample.js';

/** A field of a CSV line, quotes undone; enough for the lines that the map writes. */
function readCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '"' && text[i + 1] === '"') cell += text[++i];
    else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === ',' || c === '\n')) {
      rows[rows.length - 1].push(cell);
      cell = '';
      if (c === '\n') rows.push([]);
    } else if (quoted || c !== '\r') cell += c;
  }
  const [head, ...body] = rows.filter((row) => row.length > 0);
  return body.map((row) => Object.fromEntries(head.map((name, i) => [name.replace('\ufeff', ''), row[i]])));
}

/** Polls until the page has drawn, which takes long on a busy machine. */
const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 20_000 });

describe('the map', () => {
  const data: MapData = sampleMap(1500);
  const noise = data.labels.filter((label) => label < 0).length;
  const largest = data.topics[0];
  let browser: Browser;
  let map: OpenMap;
  let page: Page;
  const stage = () => page.locator('.stage');
  const names = () => page.locator('.place');
  const row = (name: string): Locator => page.locator('table.topics tbody tr').filter({ hasText: name });
  const drawn = async () => inkPixels(await picture(page, { alone: true }));
  const saved = async (press: () => Promise<void>) => {
    const [file] = await Promise.all([page.waitForEvent('download'), press()]);
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  };

  beforeAll(async () => {
    browser = await openChromium();
    map = await openMap(browser, data, { hash: '' });
    page = map.page;
  });
  beforeEach(() => reopen(map));
  afterAll(async () => {
    await map?.close();
    await browser?.close();
    expect(map.complaints).toEqual([]);
  });

  test('lists every topic with its size, sortable, and each switch takes its texts off the map', async () => {
    expect(await page.locator('html').getAttribute('data-ready')).toBe('webgl');
    const listed = page.locator('table.topics tbody tr');
    expect(await listed.count()).toBe(data.topics.length + 1);
    expect(await listed.first().locator('.size').textContent()).toBe(String(largest.size));
    expect(await row('Noise').locator('.size').textContent()).toBe(String(noise));
    await page.getByRole('button', { name: 'Topic', exact: true }).click();
    const sorted = await page.locator('table.topics tbody th').allTextContents();
    expect(sorted.slice(0, -1)).toEqual(
      data.topics.map(({ name }) => name).sort((a, b) => a.localeCompare(b)),
    );

    const before = await drawn();
    expect(await names().filter({ hasText: largest.name }).count()).toBe(1);
    await row(largest.name).getByRole('checkbox').click();
    await soon(() => names().filter({ hasText: largest.name }).count()).toBe(0);
    expect(await drawn()).toBeLessThan(before * 0.97);
    await page.getByRole('checkbox', { name: 'All topics' }).click();
    await soon(drawn).toBe(before);
    await page.getByRole('checkbox', { name: 'All topics' }).click();
    await soon(drawn).toBe(0);
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
    const save = () => saved(() => choice.getByRole('button', { name: 'Save as CSV' }).click());
    expect(readCsv((await save()).bytes.toString()).length).toBe(matching.length - hidden);
    await choice.getByRole('button', { name: `Show ${hidden} in switched-off topics` }).click();
    await soon(() => page.locator('.found').textContent()).toBe(`${matching.length} texts of 1,500 match`);
    expect(readCsv((await save()).bytes.toString()).length).toBe(matching.length);
    await page.locator('.results .entry').first().click();
    await page.locator('.details mark').first().waitFor();
    await search.focus();
    await page.keyboard.press('Escape');
    await soon(() => page.locator('.found').textContent()).toBe('');
  });

  test('hides noise until its switch is on', async () => {
    const before = await drawn();
    const toggle = page.getByRole('switch', { name: /Noise/ });
    expect(await toggle.isChecked()).toBe(false);
    await toggle.click();
    await soon(drawn).toBeGreaterThan(before * 1.05);
    expect(await row('Noise').getByRole('checkbox').isChecked()).toBe(true);
    await toggle.click();
    await soon(drawn).toBe(before);
  });

  test('colours by probability, outlier score, categories, dates and numbers, each with its legend', async () => {
    const colors = async () => {
      const list = spots(await picture(page, { alone: true })).map(({ color }) => color.join());
      return new Set(list).size;
    };
    const byTopic = await colors();
    const choose = page.getByLabel('Colour by');
    const options = await choose.locator('option').allTextContents();
    expect(options).toEqual(['Topic', 'Probability', 'Outlier score', 'section', 'date', 'length']);
    for (const [option, legend] of [
      ['Probability', '01'],
      ['Outlier score', '01'],
      ['date', /^\w{3} \d+, 2004\w{3} \d+, 200[45]/],
      ['length', /^\d+\d+/],
    ] as const) {
      await choose.selectOption(option);
      await soon(() => page.locator('.legend').textContent()).toMatch(legend);
      await soon(colors).toBeGreaterThan(byTopic / 2);
    }
    await choose.selectOption('section');
    const sections = data.columns[0].values;
    const world = sections.filter((value) => value === 'World').length;
    await soon(() => page.locator('.legend .categories li').count()).toBe(5);
    expect(await page.locator('.legend .categories').textContent()).toMatch(
      new RegExp(`World(\\d+ of )?${world}`),
    );
    await choose.selectOption('Topic');
    await soon(() => page.locator('.legend').textContent()).toBe('');
  });

  test('selects with lasso and box, and saves exactly those texts', async () => {
    const count = page.locator('.choice-count strong');
    const drag = async (places: [number, number][]) => {
      await page.mouse.move(...places[0]);
      await page.mouse.down();
      for (const place of places.slice(1)) await page.mouse.move(...place, { steps: 4 });
      await page.mouse.up();
    };
    await page.getByRole('button', { name: 'Select with a box' }).click();
    await drag([
      [520, 200],
      [800, 500],
    ]);
    await count.waitFor();
    const csv = await saved(() =>
      page.locator('.choice').getByRole('button', { name: 'Save as CSV' }).click(),
    );
    expect(csv.name).toBe('1-500-headlines-of-2004-selection.csv');
    const lines = readCsv(csv.bytes.toString());
    expect(await count.textContent()).toBe(`${lines.length} texts`);
    expect(lines.length).toBeGreaterThan(100);
    expect(Object.keys(lines[0])).toEqual([
      'section',
      'date',
      'length',
      'topic',
      'topic_name',
      'probability',
      'x',
      'y',
      'outlier_score',
    ]);
    // Every text on the map inside the bounds of those saved was saved, and nothing else.
    const xs = lines.map(({ x }) => Number(x));
    const ys = lines.map(({ y }) => Number(y));
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const inside = data.labels.filter((label, i) => {
      const [x, y] = [data.points[2 * i], data.points[2 * i + 1]];
      const slack = 1e-5;
      return label >= 0 && x > left - slack && x < right + slack && y > low - slack && y < high + slack;
    });
    expect(lines.length).toBe(inside.length);
    expect(lines.every(({ topic }) => Number(topic) >= 0)).toBe(true);

    // With Shift a lasso adds what it holds; with Alt it removes it again.
    const chosen = async () => Number.parseInt(((await count.textContent()) ?? '').replace(',', ''), 10);
    const below: [number, number][] = [
      [520, 500],
      [800, 500],
      [800, 720],
      [520, 720],
    ];
    await page.keyboard.down('Shift');
    await drag(below);
    await page.keyboard.up('Shift');
    await soon(chosen).toBeGreaterThan(lines.length);
    await page.keyboard.down('Alt');
    await drag([
      [500, 499],
      [830, 499],
      [830, 740],
      [500, 740],
    ]);
    await page.keyboard.up('Alt');
    await soon(async () => Math.abs((await chosen()) - lines.length)).toBeLessThanOrEqual(2);
    // A stray click on empty ground, and a double click, leave the selection alone.
    await page.mouse.click(640, 780);
    await page.mouse.dblclick(640, 780);
    expect(Math.abs((await chosen()) - lines.length)).toBeLessThanOrEqual(2);
    await page.locator('.choice').getByRole('button', { name: 'Clear', exact: true }).click();
    await page.locator('.choice').waitFor({ state: 'hidden' });
  });

  test('brushes a span of time, by drag and by keys', async () => {
    const chart = page.locator('.chart');
    const box = (await chart.boundingBox())!;
    const before = await drawn();
    await page.mouse.move(box.x + box.width * 0.25, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 5 });
    await page.mouse.up();
    await soon(() => page.locator('.span-label').textContent()).toMatch(
      /^.* – .* · [\d,]+ of 1,500 · a bar a week$/,
    );
    const [, from, to, shown] = /^(.*) – (.*) · ([\d,]+) of 1,500 · a bar a week$/.exec(
      (await page.locator('.span-label').textContent())!,
    )!;
    const [start, end] = [Date.parse(`${from} UTC`), Date.parse(`${to} UTC`) + 86_400_000];
    const dates = data.columns[1].values.map((value) => Date.parse(`${value}T00:00:00Z`));
    const expected = dates.filter((date, i) => data.labels[i] >= 0 && date >= start && date < end).length;
    expect(Number(shown.replace(',', ''))).toBe(expected);
    expect(expected).toBeGreaterThan(50);
    // Texts of other times turn faint.
    const vivid = async () => inkPixels(await picture(page, { alone: true }), { vivid: true });
    await soon(vivid).toBeLessThan(before * 0.8);
    await page.getByRole('slider', { name: 'End of the time span' }).focus();
    await page.keyboard.press('ArrowLeft');
    await soon(async () =>
      Number(/· ([\d,]+) of/.exec((await page.locator('.span-label').textContent()) ?? '')?.[1]),
    ).toBeLessThan(expected);
    await page.getByRole('button', { name: 'Show all times' }).click();
    await soon(drawn).toBe(before);
  });

  test('keeps the picture in the link', async () => {
    await page.getByLabel('Colour by').selectOption('section');
    await page.getByRole('switch', { name: /Noise/ }).click();
    await row(largest.name).getByRole('checkbox').click();
    await page.getByRole('searchbox').fill('medal');
    await row('Olympic medals').getByRole('button').click();
    await page.mouse.move(700, 300);
    await page.mouse.wheel(0, -200);
    await soon(() => page.url()).toMatch(/#.*view=.*color=column%3A0.*noise=1.*off=0.*search=medal.*topic=/);
    await rested(page);
    const before = await drawn();
    await reopen(map, new URL(page.url()).hash);
    await soon(() => page.getByRole('searchbox').inputValue()).toBe('medal');
    expect(await page.getByLabel('Colour by').inputValue()).toBe('column:0');
    expect(await page.getByRole('switch', { name: /Noise/ }).isChecked()).toBe(true);
    expect(await row(largest.name).getByRole('checkbox').isChecked()).toBe(false);
    await page.locator('.results .entry').first().waitFor();
    await soon(async () => Math.abs((await drawn()) - before) / before).toBeLessThan(0.02);
  });

  test('saves a PNG and an SVG of what is seen', async () => {
    const shown = data.labels.filter((label) => label >= 0).length;
    const save = async (item: string) => {
      await page.getByLabel('Save or share').click();
      return saved(() => page.getByRole('button', { name: item }).click());
    };
    const png = await save('Picture (PNG)');
    expect(png.name).toBe('1-500-headlines-of-2004.png');
    const image = readPng(png.bytes);
    expect([image.width, image.height]).toEqual([2560, 1600]);
    expect(spots(image).length).toBeGreaterThan(100);
    const svg = (await save('Drawing (SVG)')).bytes.toString();
    expect(svg.match(/M[\d.-]+ [\d.-]+h\.01/g)).toHaveLength(shown);
    expect(svg).toContain(`>${largest.name}</text>`);
    const texts = await save('Texts on the map (CSV)');
    expect(readCsv(texts.bytes.toString()).length).toBe(shown);
  });

  test('follows the system to dark and back', async () => {
    const ground = async () => (await picture(page)).at(640, 5).reduce((sum, c) => sum + c, 0);
    expect(await ground()).toBeGreaterThan(700);
    await page.emulateMedia({ colorScheme: 'dark' });
    await soon(ground).toBeLessThan(100);
    expect(spots(await picture(page, { alone: true })).length).toBeGreaterThan(50);
    await page.emulateMedia({ colorScheme: 'light' });
    await soon(ground).toBeGreaterThan(700);
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
      await reopen({ page: clocked, path: map.path });
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

  test('has no serious fault for axe-core, with a card, each tab of the panel and the help open, light and dark', async () => {
    const source = await readFile(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
    await page.evaluate((hash) => {
      location.hash = hash;
    }, 'text=3&search=medal');
    await page.locator('.details').waitFor({ state: 'visible' });
    await page.evaluate(source);
    const tabs = ['card', 'Texts', 'About', 'Compare', 'Edit', 'help'] as const;
    for (const [colorScheme, shown] of tabs.flatMap((tab) => [
      ['light', tab] as const,
      ['dark', tab] as const,
    ])) {
      await page.emulateMedia({ colorScheme });
      if (shown === 'Texts') await page.keyboard.press('Escape');
      if (shown === 'help') await page.keyboard.press('?');
      else if (shown !== 'card') await page.getByRole('tab', { name: shown }).click();
      await rested(page);
      const faults = await page.evaluate(async () => {
        // biome-ignore lint/suspicious/noExplicitAny: axe-core puts itself on the window
        const { violations } = await (window as any).axe.run(document, { resultTypes: ['violations'] });
        return violations
          .filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }: { id: string; nodes: { html: string }[] }) => `${id}: ${nodes[0].html}`);
      });
      expect([shown, faults]).toEqual([shown, []]);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });
});

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { rested } from './open.js';
import { sampleMap } from './sample.js';
import { shareMap } from './shared.js';

describe('the map for everyone', () => {
  const data = sampleMap(1500, { levels: true });
  const shared = shareMap(data, { viewport: { width: 1400, height: 900 } });
  let page: Page;
  const choice = () => page.locator('.choice');
  beforeAll(() => {
    page = shared.page;
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

  test('one Tab stop a group: the page is walked through with few, arrow keys go on inside', async () => {
    await page.getByRole('button', { name: 'World', exact: true }).first().click();
    await choice().waitFor({ state: 'visible' });
    await rested(page);
    await page.locator('.stage').focus();
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const group = await page.evaluate(() => {
        const { activeElement: on } = document;
        if (!(on instanceof HTMLElement) || on === document.body || on.dataset.visited) return 'end';
        on.dataset.visited = 'yes';
        const holder = on?.closest('table.topics tbody, .bar, .chips, .tabs, [role="listbox"]');
        return holder ? holder.className || holder.tagName : null;
      });
      if (group === 'end') break;
      if (group === null) continue;
      expect(seen.has(group), `${group} has more than one Tab stop`).toBe(false);
      seen.add(group);
    }
    expect(seen.size).toBeGreaterThan(3);
    await page.locator('.bar button').first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Select with a box',
    );
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { groupsChart, timelineChart } from '../../src/output/charts.js';
import { groupTable } from '../../src/statistics/groups.js';
import { timelineOf } from '../../src/statistics/timeline.js';
import { openChromium } from '../helpers/chromium.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

// Names at their widest: capitals, full width, and what would end an element.
const topics = ['WWW MMMMM WMWMWMW, WMWMW WWWMMM WWMM', '東京'.repeat(30), '</svg><b>"&', 'short'].map(
  (name, id) => ({ id, name }),
);
const labels = Int32Array.from({ length: 80 }, (_, row) => row % 4);

test('texts of both charts stay inside the picture, and names that fit are whole', async () => {
  const values = Array.from(labels, (label, row) =>
    label === 3 || row % 8 === 0 ? 'a value with quite a long name' : 'b',
  );
  const days = Float64Array.from(labels, (label, row) => Date.UTC(2026, 0, 1 + ((row + label) % 5)));
  const charts = {
    groups: groupsChart(groupTable('section', values, labels, topics)),
    timeline: timelineChart(timelineOf('date', days, labels, topics, 'day')),
  };
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    for (const [name, svg] of Object.entries(charts)) {
      const path = join(folder.path, `${name}.svg`);
      writeFileSync(path, svg);
      await page.goto(`file://${path}`);
      const found = await page.evaluate(() => {
        const svg = document.documentElement.getBoundingClientRect();
        return {
          names: [...document.querySelectorAll('text')].map((text) => text.textContent),
          outside: [...document.querySelectorAll('text')]
            .filter((text) => {
              const box = text.getBoundingClientRect();
              return (
                box.left < svg.left || box.right > svg.right || box.top < svg.top || box.bottom > svg.bottom
              );
            })
            .map((text) => text.textContent),
        };
      });
      expect(found.outside).toEqual([]);
      expect(found.names).toContain('short');
      expect(found.names).toContain('</svg><b>"&');
      expect(found.names.filter((text) => text?.endsWith('…')).length).toBeGreaterThanOrEqual(2);
    }
  } finally {
    await browser.close();
  }
});

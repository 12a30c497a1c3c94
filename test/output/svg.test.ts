import { describe, expect, test } from 'vitest';
import { toSvg } from '../../src/output/index.js';
import { clustering, topic } from './clustering.js';

const dots = (svg: string) => (svg.match(/h\.01/g) ?? []).length;

/** The SVG as an XML parser sees it: throws where it isn't well-formed. */
function parse(svg: string): void {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?:\s+[\w-]+="[^"<>&]*(?:&(?:amp|lt|gt|quot);[^"<>&]*)*")*)\s*(\/?)>/g,
    (_, close, name, __, self) => {
      if (close) expect(open.pop()).toBe(name);
      else if (!self) open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest.replace(/&(?:amp|lt|gt|quot);/g, '')).not.toMatch(/[<&]/);
}

describe('toSvg', () => {
  test('each row with a place is one dot', () => {
    const svg = toSvg(clustering(30));
    expect(dots(svg)).toBe(29);
    parse(svg);
  });

  test('names are text, markup in them is escaped, and what XML forbids is replaced', () => {
    const name = '</script><img src=x onerror=alert(1)> & "q" \u0000\ud800';
    const svg = toSvg({ ...clustering(9), topics: [topic(0, { name }), topic(1)] }, { title: '<b>' });
    expect(svg).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)');
    expect(svg).not.toContain('<img');
    expect(svg).not.toContain('\u0000');
    parse(svg);
  });

  test('names of topics on one spot do not overlap: the larger ones are shown', () => {
    const topics = Array.from({ length: 20 }, (_, id) => topic(id, { size: 100 - id, name: `Name ${id}` }));
    const labels = Int32Array.from({ length: 40 }, (_, row) => row % 20);
    const svg = toSvg({ labels, topics, points: new Float32Array(80).fill(1) });
    const shown = new Set(Array.from(svg.matchAll(/>(Name \d+)</g), ([, name]) => name));
    expect([...shown]).toEqual(['Name 0', 'Name 1', 'Name 2', 'Name 3', 'Name 4'].slice(0, shown.size));
    expect(shown.size).toBeGreaterThan(0);
    expect(shown.size).toBeLessThan(6);
  });

  test.each([0, 1, 2])('%i rows make a picture', (rows) => {
    const svg = toSvg({ ...clustering(rows), topics: [] });
    parse(svg);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  test('identical points are drawn in the middle', () => {
    const svg = toSvg(
      { labels: Int32Array.of(-1, -1), topics: [], points: Float32Array.of(3, 3, 3, 3) },
      { width: 200, height: 100 },
    );
    expect(svg).toContain('M100 45h.01M100 45h.01');
  });

  test('topics on top of each other get different colours', () => {
    const topics = [topic(0), topic(1)];
    const svg = toSvg({ labels: Int32Array.of(0, 1), topics, points: Float32Array.of(0, 0, 0.1, 0) });
    const colors = Array.from(svg.matchAll(/<path [^>]*stroke="(#\w+)"/g), ([, color]) => color);
    expect(new Set(colors).size).toBe(2);
  });
});

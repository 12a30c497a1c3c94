import { describe, expect, test } from 'vitest';
import { palette } from '../../src/map/page/colors.js';
import { readHash, writeHash } from '../../src/map/page/hash.js';
import { breakLines } from '../../src/map/page/labels.js';
import { fold } from '../../src/map/page/search.js';
import { inside } from '../../src/map/page/selection.js';
import { bins } from '../../src/map/page/timeline.js';
import { between, viewOf, zoomAt } from '../../src/map/page/view.js';

/** Linear light of an sRGB channel. */
const linear = (c: number) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);

/** CIE Lab from linear sRGB (D65). */
function lab([r, g, b]: number[]): [number, number, number] {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Severe colour blindness, after Machado, Oliveira and Fernandes (2009), on linear light. */
const SIGHTS: Record<string, number[][]> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

describe('the palette', () => {
  for (const theme of ['light', 'dark'] as const)
    test.each(Object.keys(SIGHTS))(`${theme}: every two colours differ with %s`, (sight) => {
      const seen = palette(theme).map((color) => {
        const light = color.map(linear);
        return lab(
          SIGHTS[sight].map((row) => Math.max(0, row[0] * light[0] + row[1] * light[1] + row[2] * light[2])),
        );
      });
      let least = Infinity;
      for (let i = 0; i < seen.length; i++)
        for (let j = 0; j < i; j++)
          least = Math.min(least, Math.hypot(...seen[i].map((value, c) => value - seen[j][c])));
      // 2.3 is a just noticeable difference (CIE76); several times that is distinguishable on a map.
      expect(least).toBeGreaterThan(15);
    });
});

describe('the link', () => {
  const state = {
    color: 'column:2',
    noise: true,
    off: new Set([3, 1]),
    query: 'a & b=c #ü',
    granularity: 12,
    time: 1,
    span: [0, 86_400_000] as const,
    pinned: 7,
    topic: 4,
    selection: null,
    matches: null,
  };

  test('brings back every choice', () => {
    const { selection, matches, ...shared } = state;
    const view = { x: 0.25, y: 0.5, scale: 3 };
    expect(readHash(`#${writeHash(state, view, 0)}`, 100)).toEqual({ ...shared, off: new Set([1, 3]), view });
  });

  test('is empty as the map opens, and nonsense in it is left out', () => {
    const opened = {
      ...state,
      color: 'topic',
      noise: false,
      off: new Set<number>(),
      query: '',
      granularity: null,
      time: 0,
      span: null,
      pinned: -1,
      topic: -1,
    };
    expect(writeHash(opened, null, 0)).toBe('');
    expect(
      readHash('#view=1,NaN,0&color=javascript:x&noise=yes&off=a,b&topics=-3&text=100&span=9,1', 100),
    ).toEqual({});
  });
});

describe('search folding', () => {
  test.each([
    ['Zürich', 'zurich'],
    ['ÉCOLE', 'ecole'],
    ['हिन्दी', 'हिन्दी'],
    ['ひらがな', 'ひらがな'],
  ])('%s is found as %s', (text, folded) => {
    expect(fold(text)).toBe(fold(folded));
  });
});

describe('names on the map', () => {
  test('are set in at most two lines, long ones shortened', () => {
    expect(breakLines('Oil prices')).toEqual(['Oil prices']);
    expect(breakLines('Oil prices, barrel, crude futures')).toEqual(['Oil prices, barrel,', 'crude futures']);
    const long = breakLines('one two three four five six seven eight nine ten eleven twelve thirteen');
    expect(long).toHaveLength(2);
    expect(long[1]).toMatch(/…$/);
    expect(breakLines('x'.repeat(500))[0].length).toBeLessThan(40);
  });
});

describe('the view', () => {
  test('zooming keeps the point under the pointer', () => {
    const view = zoomAt({ x: 0.3, y: 0.4, scale: 100 }, 800, 600, 200, 150, 3, [1, 1e6]);
    expect(view.scale).toBe(300);
    expect((200 - 400) / view.scale + view.x).toBeCloseTo((200 - 400) / 100 + 0.3, 12);
    expect((150 - 300) / view.scale + view.y).toBeCloseTo((150 - 300) / 100 + 0.4, 12);
  });

  test('fits a box into the part of the stage that panels leave free', () => {
    const view = viewOf({ left: 0, top: 0, right: 1, bottom: 0.5 }, 1000, 600, {
      left: 300,
      top: 50,
      right: 100,
      bottom: 50,
    });
    expect(view.scale).toBe(600);
    expect((0 - view.x) * view.scale + 500).toBeCloseTo(300, 9);
    expect((1 - view.x) * view.scale + 500).toBeCloseTo(900, 9);
  });

  test('a flight starts here and ends there', () => {
    const from = { x: 0, y: 0, scale: 10 };
    const to = { x: 1, y: 2, scale: 1000 };
    expect(between(from, to, 0)).toEqual(from);
    const end = between(from, to, 1);
    expect([end.x, end.y, end.scale]).toEqual([
      expect.closeTo(1, 9),
      expect.closeTo(2, 9),
      expect.closeTo(1000, 6),
    ]);
  });
});

describe('an outline', () => {
  test('holds what is inside by the even-odd rule', () => {
    const hook: [number, number][] = [
      [0, 0],
      [4, 0],
      [4, 4],
      [3, 4],
      [3, 1],
      [0, 1],
    ];
    expect(inside(hook, 1, 0.5)).toBe(true);
    expect(inside(hook, 3.5, 3)).toBe(true);
    expect(inside(hook, 1, 3)).toBe(false);
    expect(inside(hook, 5, 0.5)).toBe(false);
  });
});

describe('the timeline', () => {
  test('has bars of round spans that cover all times', () => {
    const day = 86_400_000;
    expect(bins(0, 30 * day)).toEqual({ start: 0, width: day, number: 31 });
    const year = bins(100 * day + 5, 465 * day);
    expect(year.width).toBe(7 * day);
    expect(year.start).toBeLessThanOrEqual(100 * day + 5);
    expect(year.start + year.number * year.width).toBeGreaterThan(465 * day);
    expect(bins(5, 5).number).toBe(1);
  });
});

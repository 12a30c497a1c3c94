import { describe, expect, test } from 'vitest';
import { readHash, writeHash } from '../../src/map/page/hash.js';
import { breakLines } from '../../src/map/page/labels.js';
import { inside } from '../../src/map/page/selection.js';
import { bins } from '../../src/map/page/timeline.js';
import { between, viewOf, zoomAt } from '../../src/map/page/view.js';

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
    expect(readHash(`#${writeHash(state, view, { noise: false, time: 0 })}`, 100)).toEqual({
      ...shared,
      off: new Set([1, 3]),
      view,
    });
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
    expect(writeHash(opened, null, { noise: false, time: 0 })).toBe('');
    expect(
      readHash('#view=1,NaN,0&color=javascript:x&noise=yes&off=a,b&topics=-3&text=100&span=9,1', 100),
    ).toEqual({});
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

import { describe, expect, test } from 'vitest';
import { NO_FILTERS, NOISE } from '../../src/map/page/filters.js';
import { readHash, writeHash } from '../../src/map/page/hash.js';
import { homeView, Spread } from '../../src/map/page/home.js';
import { breakLines, placeLabels } from '../../src/map/page/labels.js';
import { isInside, readOutlines, thinned, writeOutlines } from '../../src/map/page/outline.js';
import { amended, began, stepped, went } from '../../src/map/page/past.js';
import type { State } from '../../src/map/page/store.js';
import { type Box, between, type View, viewOf, zoomAt } from '../../src/map/page/view.js';

describe('the link', () => {
  const opened: State = {
    ...NO_FILTERS,
    color: 'topic',
    noise: false,
    off: new Set(),
    granularity: null,
    time: 0,
    pinned: -1,
    overview: false,
    compare: null,
    kept: null,
    contours: false,
    edits: [],
  };
  const state: State = {
    color: 'column:2',
    noise: true,
    off: new Set([1, 3]),
    query: 'a & b=c #ü',
    fields: ['text', 'name', 'column:2'],
    granularity: 12,
    time: 1,
    span: [1, 0, 86_400_000],
    pinned: 7,
    topic: 4,
    outlines: [
      { adds: true, corners: [0, 0.5, 0.25, 0.5, 0.25, 1] },
      { adds: false, corners: [-0.1, 0, 1, 0, 1, 0.7] },
    ],
    picked: new Map([
      [0, new Set([1, 2])],
      [3, new Set([-1])],
    ]),
    ranges: new Map([[2, [-1.5, 20]]]),
    overview: true,
    compare: 3,
    kept: { ...NO_FILTERS, topic: NOISE, query: 'kept & "b"' },
    contours: true,
    edits: [],
  };

  test('brings back every choice', () => {
    const view = { x: 0.25, y: 0.5, scale: 3 };
    const { edits, ...shared } = state;
    expect(readHash(`#${writeHash(state, view, opened)}`, 100)).toEqual({ ...shared, view });
    expect(readHash(`#${writeHash({ ...opened, topic: NOISE }, null, opened)}`, 1)).toEqual({ topic: NOISE });
  });

  test('is empty as the map opens, and nonsense in it is left out', () => {
    expect(writeHash(opened, null, opened)).toBe('');
    const nonsense =
      '#view=1,NaN,0&color=javascript:x&noise=yes&off=a,b&topics=-3&text=100&span=0,9,1&lasso=%2Bx.;~1.2.3&pick=a:b&range=0:9,1&with=<b>&in=all';
    expect(readHash(nonsense, 100)).toEqual({});
  });
});

describe('names on the map', () => {
  test('have one place, and one zoom from which they stand without overlap', () => {
    const topics = Array.from({ length: 60 }, (_, id) => ({
      ...{ id, size: 1000 - id, persistence: 0, keywords: [], exemplars: [], color: 0, shade: 2 },
      name: `topic number ${id}`,
      x: ((id * 37) % 60) / 60,
      y: ((id * 23) % 60) / 60,
      box: { left: 0, right: 0.1, top: 0, bottom: 0.1 },
    }));
    const labels = placeLabels([topics.slice(0, 10), topics], 500, (text, size) => text.length * size * 0.5);
    expect(new Set(labels.map(({ topic }) => topic.id)).size).toBe(60);
    for (let scale = 300; scale < 40_000; scale *= 1.1) {
      const standing = labels.filter(({ from }) => scale >= from * (1 + 1e-9));
      const boxes = standing.map(({ topic, dx, dy, width, height }) => {
        const [x, y] = [topic.x * scale + dx, topic.y * scale + dy];
        return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
      });
      const overlaps = boxes.flatMap((a, i) =>
        boxes.slice(0, i).filter((b) => a[2] > b[0] && b[2] > a[0] && a[3] > b[1] && b[3] > a[1]),
      );
      expect(overlaps).toEqual([]);
    }
    // The coarser groups come first, and the largest stands at every zoom.
    expect(labels[0].from).toBe(0);
    expect(labels.slice(0, 10).every(({ tier }) => tier === 0)).toBe(true);
  });

  test('are set in at most two lines, long ones shortened', () => {
    expect(breakLines('Oil prices')).toEqual(['Oil prices']);
    expect(breakLines('Oil prices, barrel, crude futures')).toEqual(['Oil prices, barrel,', 'crude futures']);
    expect(breakLines('Film, Geschichte, Musik')).toEqual(['Film, Geschichte,', 'Musik']);
    // Not inside a keyword, where the lines allow it.
    expect(breakLines('Iraq, President Bush, Prime Minister')).toEqual([
      'Iraq, President Bush,',
      'Prime Minister',
    ]);
    expect(breakLines('Oil prices, New York, company')).toEqual(['Oil prices,', 'New York, company']);
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
  const hook = { adds: true, corners: [0, 0, 4, 0, 4, 4, 3, 4, 3, 1, 0, 1] };

  test('holds what is inside by the even-odd rule', () => {
    expect(isInside(hook, 1, 0.5)).toBe(true);
    expect(isInside(hook, 3.5, 3)).toBe(true);
    expect(isInside(hook, 1, 3)).toBe(false);
    expect(isInside(hook, 5, 0.5)).toBe(false);
  });

  test('comes back from a link; a long one with fewer corners holds the same points', () => {
    expect(readOutlines(writeOutlines([hook, { ...hook, adds: false }]))).toEqual([
      hook,
      { ...hook, adds: false },
    ]);
    const corners = Array.from({ length: 2000 }, (_, i) => {
      const turn = (Math.PI * (i >> 1)) / 500;
      return 0.5 + 0.3 * (i % 2 === 0 ? Math.cos(turn) : Math.sin(turn));
    });
    const circle = thinned({ adds: true, corners });
    expect(circle.corners.length).toBeLessThanOrEqual(240);
    for (let x = 0.01; x < 1; x += 0.05)
      for (let y = 0.01; y < 1; y += 0.05)
        if (Math.abs(Math.hypot(x - 0.5, y - 0.5) - 0.3) > 0.003)
          expect(isInside(circle, x, y)).toBe(Math.hypot(x - 0.5, y - 0.5) < 0.3);
  });
});

describe('the reader’s steps', () => {
  test('go back and forth; a new one drops what was undone', () => {
    let past = began('a');
    past = went(past, 'b');
    past = amended(past, 'b2');
    past = went(past, 'c');
    expect(past.states).toEqual(['a', 'b2', 'c']);
    past = stepped(past, -2);
    expect(past.states[past.at]).toBe('a');
    expect(stepped(past, -1)).toBe(past);
    past = stepped(past, 1);
    past = went(past, 'd');
    expect(past.states).toEqual(['a', 'b2', 'd']);
    expect(stepped(past, 1)).toBe(past);
  });
});

describe('the view of everything', () => {
  const box = { left: 0, top: 0, right: 1, bottom: 0.8 };
  const points = Float32Array.from({ length: 8000 }, (_, i) =>
    i % 2 === 0 ? ((i * 7) % 1000) / 1000 : ((i * 3) % 800) / 1000,
  );
  const spread = new Spread(points, box);
  /** How many of the points lie under one of the panels. */
  const covered = (view: View, panels: readonly Box[], of = points) => {
    let count = 0;
    for (let i = 0; i < of.length; i += 2) {
      const [x, y] = [(of[i] - view.x) * view.scale + 700, (of[i + 1] - view.y) * view.scale + 450];
      if (panels.some(({ left, top, right, bottom }) => x > left && x < right && y > top && y < bottom))
        count++;
    }
    return count;
  };

  test('fills the free height, and moves aside for a panel', () => {
    const free = homeView(spread, 1400, 900, []);
    expect(free.scale).toBeCloseTo((900 - 28) / 0.8, 6);
    const list = [{ left: 0, top: 0, right: 300, bottom: 900 }];
    const beside = homeView(spread, 1400, 900, list);
    expect(beside.scale).toBeGreaterThan(0.9 * free.scale);
    expect(covered(beside, list)).toBe(0);
  });

  test('leaves no point under panels where there is room, however few it would be', () => {
    const panels = [{ left: 1000, top: 0, right: 1400, bottom: 260 }];
    // Two points in the corner that is empty but for them.
    const corner = points.filter((_, i) => !(points[i - (i % 2)] > 0.6 && points[i - (i % 2) + 1] < 0.35));
    corner.set([0.9, 0.2, 0.88, 0.21]);
    const view = homeView(new Spread(corner, box), 1400, 900, panels);
    expect(covered(view, panels, corner)).toBe(0);
    expect(view.scale).toBeGreaterThan(0.85 * ((900 - 28) / 0.8));
  });

  test('leaves a panel over empty parts, and gets smaller where points are everywhere', () => {
    const corner = [{ left: 1000, top: 0, right: 1400, bottom: 250 }];
    const thin = points.filter((_, i) => !(points[i - (i % 2)] > 0.6 && points[i - (i % 2) + 1] < 0.35));
    expect(homeView(new Spread(thin, box), 1400, 900, corner).scale).toBeCloseTo((900 - 28) / 0.8, 6);
    const wall = [{ left: 0, top: 0, right: 700, bottom: 900 }];
    expect(homeView(spread, 1400, 900, wall).scale).toBeLessThan(800);
    expect(covered(homeView(spread, 1400, 900, wall), wall)).toBe(0);
  });
});

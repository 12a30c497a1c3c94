import { describe, expect, test } from 'vitest';
import { startOf, stretches, suitablePeriod } from '../../src/statistics/periods.js';
import { timelineOf, trendOf } from '../../src/statistics/timeline.js';

const at = (iso: string) => Date.parse(`${iso}T12:00:00Z`);

describe('periods', () => {
  test.each([
    ['day', '2031-03-05', '2031-03-05'],
    ['week', '2031-03-05', '2031-W10'],
    ['week', '2027-01-01', '2026-W53'],
    ['week', '2029-12-31', '2030-W01'],
    ['month', '2031-03-05', '2031-03'],
    ['quarter', '2031-03-05', '2031-Q1'],
    ['quarter', '2031-12-31', '2031-Q4'],
    ['year', '2031-03-05', '2031'],
  ] as const)('the %s of %s is %s', (period, day, name) => {
    expect(stretches(at(day), at(day), period).map((stretch) => stretch.name)).toEqual([name]);
  });

  test('without rows are counted too, and follow each other without a gap', () => {
    expect(stretches(at('2030-11-15'), at('2031-02-01'), 'month').map(({ name }) => name)).toEqual([
      '2030-11',
      '2030-12',
      '2031-01',
      '2031-02',
    ]);
    expect(new Date(startOf(at('2031-03-09'), 'week')).toISOString()).toBe('2031-03-03T00:00:00.000Z');
  });

  test('are as short as leaves at most 60', () => {
    expect(suitablePeriod(at('2031-01-01'), at('2031-02-15'))).toBe('day');
    expect(suitablePeriod(at('2031-01-01'), at('2031-12-31'))).toBe('week');
    expect(suitablePeriod(at('2028-01-01'), at('2031-12-31'))).toBe('month');
    expect(suitablePeriod(at('1900-01-01'), at('2031-12-31'))).toBe('year');
  });
});

describe('a trend', () => {
  test('of two periods is their difference, with the interval of a constant share', () => {
    // 10 of 50, then 25 of 50: the slope is 0.3; p = 0.35, Σ n (t − t̄)² = 25.
    const half = 1.959964 * Math.sqrt((0.35 * 0.65) / 25);
    expect(trendOf([10, 25], [50, 50])).toEqual({
      change: expect.closeTo(0.3, 12),
      low: expect.closeTo(0.3 - half, 12),
      high: expect.closeTo(0.3 + half, 12),
      trend: 'emerging',
    });
  });

  test('is the z of the Cochran–Armitage test', () => {
    // Σ t (r − n p) = −26, p = 0.2, Σ n (t − t̄)² = 200; z = −26 / sqrt(0.16 · 200) = −4.596.
    const { change, high, trend } = trendOf([33, 20, 7], [100, 100, 100]);
    const deviation = (high - change) / 1.959964;
    expect(change).toBeCloseTo(-0.13, 12);
    expect(change / deviation).toBeCloseTo(-4.596, 3);
    expect(trend).toBe('fading');
  });

  test('of a constant share, of one period, and of none is none', () => {
    expect(trendOf([5, 5, 5], [50, 50, 50])).toMatchObject({ change: 0, trend: '' });
    expect(trendOf([5], [50])).toEqual({ change: 0, low: 0, high: 0, trend: '' });
    expect(trendOf([], [])).toEqual({ change: 0, low: 0, high: 0, trend: '' });
    expect(trendOf([0, 3], [0, 10])).toMatchObject({ change: 0, trend: '' });
  });
});

test('a timeline counts rows by topic and period; rows without a date are left out', () => {
  const days = ['2031-03-03', '2031-03-04', '2031-03-17', '2031-03-18', '2031-03-19'];
  const times = Float64Array.from([...days.map(at), Number.NaN]);
  const topics = [
    { id: 3, name: 'a' },
    { id: 5, name: 'b' },
  ];
  const timeline = timelineOf('date', times, Int32Array.of(3, -1, 5, 5, 3, 5), topics, 'week');
  expect(timeline).toMatchObject({ column: 'date', period: 'week', blank: 1, rows: [2, 0, 3] });
  expect(timeline.periods).toEqual(['2031-W10', '2031-W11', '2031-W12']);
  expect(timeline.topics.map(({ id, rows, shares }) => [id, rows, shares])).toEqual([
    [3, [1, 0, 1], [0.5, 0, 1 / 3]],
    [5, [0, 0, 2], [0, 0, 2 / 3]],
  ]);
});

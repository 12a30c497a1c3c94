import { describe, expect, test } from 'vitest';
import {
  axisLabels,
  binsOfTimes,
  describeSpan,
  formatTime,
  timeBins,
  unitOfEdges,
} from '../../src/map/page/time-bins.js';

const at = (text: string) => Date.parse(`${text}Z`);
const day = 86_400_000;
const iso = (time: number) => new Date(time).toISOString().slice(0, 16);

/** Times at even steps. */
const steps = (from: string, step: number, number: number) =>
  Array.from({ length: number }, (_, i) => at(from) + i * step);

describe('bars over time', () => {
  test.each([
    [
      'an hour in minutes',
      steps('2024-03-05T10:07:30', 30_000, 100),
      'minute',
      '2024-03-05T10:07',
      '2024-03-05T10:08',
    ],
    [
      'two days in hours',
      steps('2024-03-05T10:20:00', 3_600_000, 48),
      'hour',
      '2024-03-05T10:00',
      '2024-03-05T11:00',
    ],
    ['a month in days', steps('2024-02-27T08:00:00', day, 40), 'day', '2024-02-27T00:00', '2024-02-28T00:00'],
    [
      'a year in weeks from Monday',
      steps('2024-01-03T00:00:00', day, 365),
      'week',
      '2024-01-01T00:00',
      '2024-01-08T00:00',
    ],
    [
      'four years in months',
      steps('2021-02-10T00:00:00', day, 1400),
      'month',
      '2021-02-01T00:00',
      '2021-03-01T00:00',
    ],
    [
      'twelve years in quarters',
      steps('2010-05-10T00:00:00', 10 * day, 440),
      'quarter',
      '2010-04-01T00:00',
      '2010-07-01T00:00',
    ],
    [
      'forty years in years',
      steps('1980-05-10T00:00:00', 100 * day, 146),
      'year',
      '1980-01-01T00:00',
      '1981-01-01T00:00',
    ],
    [
      'three centuries in spans of five years',
      steps('1701-05-10T00:00:00', 365 * day, 300),
      '5 years',
      '1700-01-01T00:00',
      '1705-01-01T00:00',
    ],
  ])('%s', (_, times, span, first, second) => {
    const bins = timeBins(times)!;
    expect(bins.span).toBe(span);
    expect(bins.edges.slice(0, 2).map(iso)).toEqual([first, second]);
    expect(bins.edges.length).toBeLessThanOrEqual(73);
    // Every time is in the bar that it lies in, and bars follow the calendar without a gap.
    for (const [i, bin] of binsOfTimes(bins, times).entries()) {
      expect(times[i]).toBeGreaterThanOrEqual(bins.edges[bin]);
      expect(times[i]).toBeLessThan(bins.edges[bin + 1]);
    }
    for (let i = 1; i < bins.edges.length; i++) expect(bins.edges[i]).toBeGreaterThan(bins.edges[i - 1]);
    if (span === 'week') for (const edge of bins.edges) expect(new Date(edge).getUTCDay()).toBe(1);
    if (span === 'month') for (const edge of bins.edges) expect(new Date(edge).getUTCDate()).toBe(1);
  });

  test('an outlier gets no bars of its own: it counts in the outermost, which say so', () => {
    const times = [
      at('1970-01-01T00:00:00'),
      ...steps('2024-01-01T00:00:00', day, 400),
      at('2099-01-01T00:00:00'),
      Number.NaN,
    ];
    const bins = timeBins(times)!;
    expect(bins.span).toBe('week');
    expect([bins.before > 0, bins.after > 0]).toEqual([true, true]);
    const of = binsOfTimes(bins, times);
    expect([of[0], of[401], of[402]]).toEqual([0, bins.edges.length - 2, -1]);
  });

  test('years are years, one time is one bar, and no time is none', () => {
    const years = [1999, 2004, 2023].map((year) => Date.UTC(year, 0, 1));
    const bins = timeBins(years, 'year')!;
    expect([bins.span, bins.edges.length]).toEqual(['year', 26]);
    expect(timeBins([at('2024-01-01T10:00:00')])!.edges).toHaveLength(2);
    expect(timeBins([Number.NaN])).toBeNull();
  });

  test('what a bar stands for is said in the words of the calendar', () => {
    const start = at('2024-04-01T00:00:00');
    expect(describeSpan({ span: 'quarter' }, start)).toBe('Q2 2024');
    expect(describeSpan({ span: 'week' }, start)).toBe('week of Apr 1, 2024');
    expect(describeSpan({ span: 'decade' }, at('2020-01-01T00:00:00'))).toBe('2020–2029');
    expect(formatTime(at('2023-01-01T00:00:00'), 'year')).toBe('2023');
    expect(formatTime(at('2023-05-01T14:30:00'), 'minute')).toBe('May 1, 2023, 14:30');
  });

  /** Labels of every so many bars over some times. */
  const labels = (times: number[], every: number) => {
    const bins = timeBins(times)!;
    return axisLabels(
      bins,
      bins.edges.slice(0, -1).filter((_, bin) => bin % every === 0),
    );
  };

  test('within one year, no label of the axis names it but a January', () => {
    expect(labels(steps('2024-03-05T00:00:00', day, 40), 14)).toEqual(['Mar 5', 'Mar 19', 'Apr 2']);
    expect(labels(steps('2024-01-05T00:00:00', 30 * day, 12), 13)[0]).toBe('Jan 1');
    expect(labels(steps('2024-04-01T12:30:00', 3_600_000, 40), 12)).toEqual([
      '12:00',
      'Apr 2',
      '12:00',
      'Apr 3',
    ]);
  });

  test('over a new year, the first label of each year names it, whichever bar has it', () => {
    expect(labels(steps('2024-09-10T00:00:00', day, 600), 3)).toEqual([
      ...['Sep 2024', 'Dec', 'Mar 2025', 'Jun', 'Sep', 'Dec', 'Mar 2026'],
    ]);
    expect(labels(steps('2024-12-20T00:00:00', day, 30), 9)).toEqual([
      'Dec 20, 2024',
      'Dec 29',
      'Jan 7, 2025',
      'Jan 16',
    ]);
    expect(labels(steps('2024-12-31T12:30:00', 3_600_000, 40), 12)).toEqual([
      'Dec 31, 2024',
      'Jan 1, 2025',
      '12:00',
      'Jan 2',
    ]);
  });

  test('where January has a label, the year is all of it; of longer spans the year is the label', () => {
    expect(labels(steps('2021-01-10T00:00:00', day, 1400), 12)).toEqual(['2021', '2022', '2023', '2024']);
    expect(labels(steps('1980-05-10T00:00:00', 100 * day, 146), 10)).toEqual([
      '1980',
      '1990',
      '2000',
      '2010',
      '2020',
    ]);
  });

  test('ends of bars are named to the minute only where bars are shorter than a day', () => {
    expect(unitOfEdges({ span: 'month' }, 'minute')).toBe('day');
    expect(unitOfEdges({ span: 'day' }, 'minute')).toBe('day');
    expect(unitOfEdges({ span: '6 hours' }, 'minute')).toBe('minute');
    expect(unitOfEdges({ span: 'decade' }, 'year')).toBe('year');
  });
});

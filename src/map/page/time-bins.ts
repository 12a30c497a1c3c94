import { monthStart, startOf as startOfPeriod } from '../../statistics/periods.js';
import type { TimeUnit } from '../format.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Spans of time that a bar may stand for. */
type Span =
  | 'minute'
  | '5 minutes'
  | '15 minutes'
  | 'hour'
  | '6 hours'
  | 'day'
  | 'week'
  | 'month'
  | 'quarter'
  | 'year'
  | '5 years'
  | 'decade'
  | 'century';

/** Typical lengths, shortest first. */
const SPANS: readonly (readonly [Span, number])[] = [
  ['minute', MINUTE],
  ['5 minutes', 5 * MINUTE],
  ['15 minutes', 15 * MINUTE],
  ['hour', HOUR],
  ['6 hours', 6 * HOUR],
  ['day', DAY],
  ['week', 7 * DAY],
  ['month', 30.4 * DAY],
  ['quarter', 91.3 * DAY],
  ['year', 365.25 * DAY],
  ['5 years', 5 * 365.25 * DAY],
  ['decade', 10 * 365.25 * DAY],
  ['century', 100 * 365.25 * DAY],
];

const MOST_BINS = 72;
/** Of bars that are shorter than the unit in which the times are given, most would be empty. */
const LEAST: Record<TimeUnit, number> = { minute: 0, day: 5, month: 7, year: 9 };

/** Spans of several years, which begin at multiples of their length. */
const YEARS: Partial<Record<Span, number>> = { '5 years': 5, decade: 10, century: 100 };

/** The start of the span that a time is in. */
function startOf(span: Span, time: number): number {
  if (span === 'week' || span === 'month' || span === 'quarter' || span === 'year')
    return startOfPeriod(time, span);
  const years = YEARS[span];
  if (years !== undefined) return monthStart(Math.floor(new Date(time).getUTCFullYear() / years) * years, 0);
  const length = SPANS.find(([name]) => name === span)?.[1] ?? DAY;
  return Math.floor(time / length) * length;
}

/** The start of the next span. */
const after = (span: Span, start: number): number => {
  const length = SPANS.find(([name]) => name === span)?.[1] ?? DAY;
  // Half a span beyond the typical length lies in the next one, however long months and years are.
  return startOf(span, start + 1.5 * length - (span === 'month' ? 0.3 * length : 0));
};

/** Bars over time: each stands for a span of the calendar. */
export interface TimeBins {
  span: Span;
  /** Where each bar begins, and where the last one ends. */
  edges: number[];
  /** Times before the first and after the last bar; they count in the outermost ones. */
  before: number;
  after: number;
}

/** Share of the times at each end that may be outliers. */
const OUTER = 0.005;
/** Times reach so many times as far as those without outliers, from which on outliers get no bars of their own. */
const FAR = 3;

/** Bars for times, at most 72, so that a bar means an hour, a day, a week from Monday, a month, a year. */
export function timeBins(times: ArrayLike<number>, unit: TimeUnit = 'minute'): TimeBins | null {
  const sorted = Float64Array.from(times).filter((time) => !Number.isNaN(time));
  sorted.sort();
  if (sorted.length === 0) return null;
  const last = sorted.length - 1;
  let [from, to] = [sorted[0], sorted[last]];
  const [low, high] = [sorted[Math.floor(OUTER * last)], sorted[Math.ceil((1 - OUTER) * last)]];
  if (to - from > FAR * (high - low) && high > low) [from, to] = [low, high];
  const fits = SPANS.findIndex(([, length], i) => i >= LEAST[unit] && (to - from) / length < MOST_BINS - 1);
  const [span] = SPANS[fits < 0 ? SPANS.length - 1 : fits];
  const edges = [startOf(span, from)];
  while (edges[edges.length - 1] <= to) edges.push(after(span, edges[edges.length - 1]));
  const end = edges[edges.length - 1];
  return {
    span,
    edges,
    before: sorted.findIndex((time) => time >= edges[0]),
    after: sorted.length - sorted.filter((time) => time < end).length,
  };
}

/** The bar of each time; −1 without a time. */
export function binsOfTimes({ edges }: TimeBins, times: ArrayLike<number>): Int16Array {
  const bins = new Int16Array(times.length);
  for (let i = 0; i < bins.length; i++) {
    const time = times[i];
    if (Number.isNaN(time)) {
      bins[i] = -1;
      continue;
    }
    let low = 0;
    let high = edges.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle] <= time) low = middle;
      else high = middle - 1;
    }
    bins[i] = low;
  }
  return bins;
}

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en', { ...options, timeZone: 'UTC' });
const FORMATS: Record<TimeUnit, Intl.DateTimeFormat> = {
  minute: format({ dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }),
  day: format({ dateStyle: 'medium' }),
  month: format({ month: 'short', year: 'numeric' }),
  year: format({ year: 'numeric' }),
};

/** A time, as exactly as its column tells times. */
export const formatTime = (time: number, unit: TimeUnit = 'day'): string => FORMATS[unit].format(time);

/** What a bar stands for: `14:00`, `Mar 8, 2004`, `week of Mar 8, 2004`, `Mar 2004`, `Q1 2004`, `2004`, `2000–2009`. */
export function describeSpan({ span }: Pick<TimeBins, 'span'>, start: number): string {
  const year = new Date(start).getUTCFullYear();
  switch (span) {
    case 'day':
      return formatTime(start, 'day');
    case 'week':
      return `week of ${formatTime(start, 'day')}`;
    case 'month':
      return formatTime(start, 'month');
    case 'quarter':
      return `Q${new Date(start).getUTCMonth() / 3 + 1} ${year}`;
    case 'year':
      return String(year);
    case '5 years':
      return `${year}–${year + 4}`;
    case 'decade':
      return `${year}–${year + 9}`;
    case 'century':
      return `${year}–${year + 99}`;
    default:
      return formatTime(start, 'minute');
  }
}

/** Spans of which several lie in a year. */
const DAYS: readonly Span[] = ['day', 'week'];
const MONTHS: readonly Span[] = ['month', 'quarter'];
const LONG: readonly Span[] = ['year', '5 years', 'decade', 'century'];

/** How exactly the ends of bars are named: to the day at most, unless bars are shorter. */
export const unitOfEdges = (
  { span }: Pick<TimeBins, 'span'>,
  unit: TimeUnit | undefined,
): TimeUnit | undefined => (unit === 'minute' && [...DAYS, ...MONTHS, ...LONG].includes(span) ? 'day' : unit);

/**
 * Short labels for some bars, by where they begin: what changes along the axis. Where it reaches over a new year, the first label of each
 * year names it.
 */
export function axisLabels({ span, edges }: Pick<TimeBins, 'span' | 'edges'>, starts: number[]): string[] {
  const yearOf = (time: number) => new Date(time).getUTCFullYear();
  const isOneYear = yearOf(edges[0]) === yearOf(edges[edges.length - 1] - 1);
  return starts.map((start, at) => {
    if (LONG.includes(span)) return String(yearOf(start));
    const date = new Date(start);
    if (MONTHS.includes(span) && date.getUTCMonth() === 0) return String(yearOf(start));
    const namesYear = !isOneYear && (at === 0 || yearOf(starts[at - 1]) !== yearOf(start));
    const year = namesYear ? ({ year: 'numeric' } as const) : {};
    if (MONTHS.includes(span)) return format({ month: 'short', ...year }).format(start);
    const isMidnight = date.getUTCHours() + date.getUTCMinutes() === 0;
    return DAYS.includes(span) || isMidnight || namesYear
      ? format({ day: 'numeric', month: 'short', ...year }).format(start)
      : format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(start);
  });
}

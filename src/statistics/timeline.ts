import type { Topic } from '../shapes.js';
import { type Period, startOf, stretches, suitablePeriod } from './periods.js';
import { Z95 } from './share.js';
import { type TellingWord, tellingWords, type WordTable } from './words.js';

/** How a topic's share changes with time. */
export interface TopicTrend {
  id: number;
  name: string;
  /** Rows in each period, and their share of the period's rows. */
  rows: number[];
  shares: number[];
  /** Change of the share from period to period, with its 95 % interval. */
  change: number;
  low: number;
  high: number;
  /** `emerging` where the whole interval is above 0, `fading` where it is below. */
  trend: 'emerging' | 'fading' | '';
}

/** Topics over time. */
export interface Timeline {
  column: string;
  period: Period;
  /** Rows without a date, which are left out. */
  blank: number;
  /** Names of the periods, those without rows included. */
  periods: string[];
  /** Rows of each period. */
  rows: number[];
  /** Words that set each period's texts apart from those of the others. */
  words: TellingWord[][];
  topics: TopicTrend[];
}

/**
 * Counts and shares of topics in periods of time. A trend is the weighted regression of a topic's share on the number of the
 * period, with the variance of a constant share: the test for trend of Cochran (1954) and Armitage (1955). Periods without
 * rows have no weight.
 *
 * @param times by row, milliseconds since 1970; NaN for none
 * @param labels topic of each row; −1 for none
 */
export function timelineOf(
  column: string,
  times: Float64Array,
  labels: Int32Array,
  topics: readonly Pick<Topic, 'id' | 'name'>[],
  given?: Period,
  words?: WordTable,
): Timeline {
  const dated = Array.from(times.keys()).filter((row) => Number.isFinite(times[row]));
  const [first, last] = dated.reduce(
    ([low, high], row) => [Math.min(low, times[row]), Math.max(high, times[row])],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const period = given ?? suitablePeriod(first, last);
  const all = dated.length > 0 ? stretches(first, last, period) : [];
  const numberOf = new Map(all.map(({ start }, at) => [start, at]));
  const rowsOf: number[][] = all.map(() => []);
  for (const row of dated) rowsOf[numberOf.get(startOf(times[row], period)) ?? 0].push(row);
  const rows = rowsOf.map(({ length }) => length);
  const counts = new Map(topics.map(({ id }) => [id, new Array<number>(all.length).fill(0)]));
  for (const [at, members] of rowsOf.entries()) {
    for (const row of members) {
      const own = counts.get(labels[row]);
      if (own) own[at]++;
    }
  }
  return {
    column,
    period,
    blank: times.length - dated.length,
    periods: all.map(({ name }) => name),
    rows,
    words: words ? periodWords(rowsOf, words, dated) : rowsOf.map(() => []),
    topics: topics.map(({ id, name }): TopicTrend => {
      const own = counts.get(id) ?? [];
      const shares = own.map((count, at) => (rows[at] > 0 ? count / rows[at] : 0));
      return { id, name, rows: own, shares, ...trendOf(own, rows) };
    }),
  };
}

/** The slope of shares `part[t] / all[t]` over t, weighted by `all`, with its 95 % interval. */
export function trendOf(
  part: readonly number[],
  all: readonly number[],
): Pick<TopicTrend, 'change' | 'low' | 'high' | 'trend'> {
  let total = 0;
  let parts = 0;
  let moment = 0;
  for (let t = 0; t < all.length; t++) {
    total += all[t];
    parts += part[t];
    moment += all[t] * t;
  }
  const share = total > 0 ? parts / total : 0;
  const middle = total > 0 ? moment / total : 0;
  let above = 0;
  let squares = 0;
  for (let t = 0; t < all.length; t++) {
    above += (t - middle) * (part[t] - all[t] * share);
    squares += all[t] * (t - middle) ** 2;
  }
  if (squares === 0) return { change: 0, low: 0, high: 0, trend: '' };
  const change = above / squares;
  const half = Z95 * Math.sqrt((share * (1 - share)) / squares);
  const [low, high] = [change - half, change + half];
  return { change, low, high, trend: low > 0 ? 'emerging' : high < 0 ? 'fading' : '' };
}

function periodWords(
  rowsOf: readonly number[][],
  words: WordTable,
  dated: readonly number[],
): TellingWord[][] {
  const all = words.counts(dated);
  return rowsOf.map((rows) => tellingWords(words.counts(rows), all));
}

/** Lengths of time that rows are counted in. */
export const PERIODS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Period = (typeof PERIODS)[number];

/** Periods are as short as leaves at most so many. */
const MOST = 60;
const DAY = 86_400_000;

/** A stretch of time by name, such as `2031-03-04`, `2031-W10`, `2031-03`, `2031-Q1` or `2031`; UTC. */
export interface Stretch {
  name: string;
  /** Milliseconds since 1970. */
  start: number;
}

/** The first moment of the period that a time is in. Weeks begin on Monday, as in ISO 8601. */
export function startOf(time: number, period: Period): number {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const day = Math.floor(time / DAY) * DAY;
  if (period === 'day') return day;
  if (period === 'week') return day - ((date.getUTCDay() + 6) % 7) * DAY;
  if (period === 'month') return monthStart(year, month);
  return period === 'quarter' ? monthStart(year, month - (month % 3)) : monthStart(year, 0);
}

/** As Date.UTC, which takes years below 100 for those of the twentieth century. */
export function monthStart(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 1);
  return date.getTime();
}

function nextOf(start: number, period: Period): number {
  if (period === 'day') return start + DAY;
  if (period === 'week') return start + 7 * DAY;
  const date = new Date(start);
  const months = { month: 1, quarter: 3, year: 12 }[period];
  return monthStart(date.getUTCFullYear(), date.getUTCMonth() + months);
}

function nameOf(start: number, period: Period): string {
  const date = new Date(start);
  const iso = date.toISOString();
  const day = iso.slice(0, iso.indexOf('T'));
  if (period === 'day') return day;
  if (period === 'month') return day.slice(0, -3);
  if (period === 'year') return day.slice(0, -6);
  if (period === 'quarter') return `${day.slice(0, -6)}-Q${Math.floor(date.getUTCMonth() / 3) + 1}`;
  // A week belongs to the year that its Thursday is in.
  const thursday = new Date(start + 3 * DAY);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - monthStart(year, 0)) / (7 * DAY)) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

/** All periods from the first to the last of some times, those without any of them too. */
export function stretches(first: number, last: number, period: Period): Stretch[] {
  const found: Stretch[] = [];
  for (let start = startOf(first, period); start <= last; start = nextOf(start, period))
    found.push({ name: nameOf(start, period), start });
  return found;
}

/** The shortest period of which there are not too many between two times. */
export function suitablePeriod(first: number, last: number): Period {
  const days = { day: 1, week: 7, month: 30.4, quarter: 91.3, year: 365.2 };
  return PERIODS.find((period) => (last - first) / DAY / days[period] <= MOST - 1) ?? 'year';
}

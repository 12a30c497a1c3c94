import type { ColumnKind, TimeUnit } from './format.js';

export type Cell = string | number | boolean | null;

/** A column as the map needs it: its kind, and its values as numbers where it has any. */
export interface TypedColumn {
  name: string;
  kind: ColumnKind;
  /** Of dates. */
  unit?: TimeUnit;
  /** NaN is missing; dates in milliseconds since 1970 UTC; absent for texts and categories. */
  numbers?: Float64Array;
  categories?: string[];
  /** Category of each row, -1 is missing. */
  codes?: Int32Array;
  /** The original spelling, where the numbers don't give it back. */
  strings?: string[];
}

const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-', '–', '?']);
const MOST_CATEGORIES = 200;
/** Share of the values that must read as a number or a date; the rest count as missing. */
const ENOUGH = 0.97;
/** Up to two different words in a column count as missing values, such as "k. A.", next to at least twelve
 * different numbers or dates. */
const FEW_WORDS = 2;
const MANY_NUMBERS = 12;
/** Pictures in cells are shown, and are no categories. */
const PICTURE = /^data:/i;

const LONGEST_MISSING = Math.max(...Array.from(MISSING, ({ length }) => length));

function isMissing(cell: Cell): boolean {
  if (typeof cell !== 'string') return cell === null || Number.isNaN(cell);
  const text = cell.trim();
  return text.length <= LONGEST_MISSING && MISSING.has(text.toLowerCase());
}

/** How a column writes its numbers: 1,234.5 or 1.234,5. */
type Decimal = 'point' | 'comma';

/** What may stand around a number: a currency, a percent sign, spaces of any kind. */
const AROUND = /[\p{Sc}\s\u00a0\u202f%‰]|^(?:USD|EUR|GBP|CHF|JPY|US(?=\p{Sc}))|(?:USD|EUR|GBP|CHF|JPY)$/gu;
const SHAPES: Record<Decimal, RegExp> = {
  point: /^[+-]?(?:(?:0|[1-9]\d*)?(?:\.\d+)?(?:e[+-]?\d+)?|[1-9]\d{0,2}(?:[,'’]\d{3})+(?:\.\d+)?)$/i,
  comma: /^[+-]?(?:(?:0|[1-9]\d*)?(?:,\d+)?|[1-9]\d{0,2}(?:[.'’]\d{3})+(?:,\d+)?)$/,
};

/** More letters than a currency's code has: no number, which most texts show at their beginning. */
const WORD = /\p{L}{4}/u;

/** A cell without currency, percent sign and spaces; (12) is −12. Empty where there are words. */
function bareNumber(text: string): string {
  if (WORD.test(text)) return '';
  const trimmed = text.trim();
  const inBrackets = /^\((.+)\)$/.exec(trimmed);
  const bare = (inBrackets ? inBrackets[1] : trimmed).replace(AROUND, '').replace(/^\u2212/, '-');
  return inBrackets ? `-${bare}` : bare;
}

/** A number as people write it: 1234, 1,234.50, 1.234,50, $12.30, 12.5 %. "007" is a code, not a number. */
function readNumber(text: string, decimal: Decimal): number {
  const bare = bareNumber(text);
  if (bare === '' || bare === '-' || bare === '+' || !SHAPES[decimal].test(bare)) return Number.NaN;
  const plain =
    decimal === 'point' ? bare.replace(/[,'’]/g, '') : bare.replace(/[.'’]/g, '').replace(',', '.');
  return Number(plain);
}

/** The decimal mark of a column: a comma where some number can't be read otherwise, as 12,30 or 1.234.567. */
function decimalOf(texts: readonly string[]): Decimal {
  const isComma = texts.some((text) => {
    const bare = bareNumber(text);
    return bare !== '' && !SHAPES.point.test(bare) && SHAPES.comma.test(bare);
  });
  return isComma ? 'comma' : 'point';
}

/** Texts as numbers, with the decimal mark of all together; NaN where one is none. */
export function readNumbers(texts: readonly string[]): Float64Array {
  const decimal = decimalOf(texts);
  return Float64Array.from(texts, (text) => readNumber(text, decimal));
}

type DateOrder = 'ymd' | 'dmy' | 'mdy';

// Years of two digits as spreadsheets write them, 7/31/18; between dots only 31.07.18, since 1.4.12 is a version.
const SLASHED =
  /^\s*(?!\d\.\d+\.\d\d(?!\d)|\d+\.\d\.\d\d(?!\d))(\d{1,2})([/.])(\d{1,2})\2(\d{4}|\d{2})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = `(${MONTHS.join('|')})[a-z]*`;
/** 31-Jul-18, as spreadsheets write it. */
const SHORT = new RegExp(`^\\s*(\\d{1,2})[- ]${MONTH}\\.?[- ](\\d{2})\\s*$`, 'i');
const ISO =
  /^\s*(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2}| ?UTC)?\s*$/i;
const SPELLED = new RegExp(`^(?=.*\\d{4})(?=.*\\b${MONTH}\\b).{8,60}$`, 'i');

/** Days of a month that does not exist (31 February) are no date. */
function utc(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(time);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? time : Number.NaN;
}

/** Years of two digits are those from 1930 to 2029, as spreadsheets read them. */
function yearOf(digits: string): number {
  if (digits.length > 2) return +digits;
  return +digits + (+digits < 30 ? 2000 : 1900);
}

function readDate(text: string, order: DateOrder): number {
  const iso = ISO.exec(text);
  if (iso) {
    const [, year, month, day, hour, minute, second, zone] = iso;
    const time = utc(+year, +month, +(day ?? 1), +(hour ?? 0), +(minute ?? 0), +(second ?? 0));
    if (!zone || /^\s*(z|utc)$/i.test(zone)) return time;
    const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})/.exec(zone) ?? [];
    return time - (sign === '-' ? -1 : 1) * (+hours * 60 + +minutes) * 60_000;
  }
  const slashed = SLASHED.exec(text);
  if (slashed) {
    const [, first, , second, year, hour, minute, seconds] = slashed;
    const [day, month] = order === 'mdy' ? [second, first] : [first, second];
    return utc(yearOf(year), +month, +day, +(hour ?? 0), +(minute ?? 0), +(seconds ?? 0));
  }
  const short = SHORT.exec(text);
  if (short) return utc(yearOf(short[3]), MONTHS.indexOf(short[2].toLowerCase()) + 1, +short[1]);
  if (!SPELLED.test(text)) return Number.NaN;
  // Without a zone Date.parse means this machine's: read it as UTC, so that the map is the same everywhere.
  const zoned = /(gmt|utc|z|[+-]\d{4}|[+-]\d{2}:\d{2}|\b[ecmp][sd]t)\)?\s*$/i.test(text);
  return Date.parse(zoned ? text : `${text} UTC`);
}

/**
 * Order of day and month in dates such as 03/04/2005, from the whole column: a first part over 12 means day first, a
 * second part over 12 month first. Dates with dots are day first. Null if neither occurs or both do.
 */
function slashOrder(texts: string[]): DateOrder | null {
  let dayFirst = false;
  let monthFirst = false;
  let slashed = false;
  for (const text of texts) {
    const parts = SLASHED.exec(text);
    if (!parts) continue;
    slashed = true;
    if (parts[2] === '.' || +parts[1] > 12) dayFirst = true;
    else if (+parts[3] > 12) monthFirst = true;
  }
  if (!slashed) return 'ymd';
  if (dayFirst === monthFirst) return null; // contradictory or undecidable: no dates rather than wrong ones
  return dayFirst ? 'dmy' : 'mdy';
}

/** Seconds or milliseconds since 1970, if the column's name suggests a time. */
function epoch(name: string, numbers: Float64Array): Float64Array | null {
  if (!/date|time|stamp|created|updated|published|(^|_)at$|^ts$/i.test(name)) return null;
  let seconds = true;
  let milliseconds = true;
  for (const value of numbers) {
    if (Number.isNaN(value)) continue;
    if (value < 3e8 || value > 5e9) seconds = false;
    if (value < 3e11 || value > 5e12) milliseconds = false;
  }
  if (!seconds && !milliseconds) return null;
  return seconds ? numbers.map((value) => value * 1000) : numbers;
}

/** Years as the times at which they begin, if the column's name says that it holds years. */
function years(name: string, numbers: Float64Array): Float64Array | null {
  if (!/(^|[^\p{L}])(year|years|yr|jahr|année|annee|año|anno|ano)($|[^\p{L}])/iu.test(name)) return null;
  const isYear = (value: number) =>
    Number.isNaN(value) || (Number.isInteger(value) && value >= 1000 && value <= 2200);
  return numbers.every(isYear)
    ? numbers.map((value) => (Number.isNaN(value) ? value : Date.UTC(value, 0, 1)))
    : null;
}

/**
 * Whether so many of the values that are there were read that the others count as missing: nearly all of them, or more
 * than half where the others are one or two words again and again, as "k. A." or "on request" among prices.
 */
function enough(numbers: Float64Array, strings: readonly string[], missing: readonly boolean[]): boolean {
  let present = 0;
  const read = new Set<number>();
  let readRows = 0;
  const words = new Set<string>();
  for (let i = 0; i < numbers.length; i++) {
    if (missing[i]) continue;
    present++;
    if (!Number.isNaN(numbers[i])) {
      read.add(numbers[i]);
      readRows++;
    } else if (words.size <= FEW_WORDS) words.add(strings[i].trim().toLowerCase());
  }
  if (readRows >= ENOUGH * present) return true;
  return readRows > present / 2 && words.size <= FEW_WORDS && read.size >= MANY_NUMBERS;
}

const DAY = 86_400_000;

/** The coarsest unit in which every time of a column can be told. */
function unitOf(times: Float64Array): TimeUnit {
  let unit: TimeUnit = 'year';
  for (const time of times) {
    if (Number.isNaN(time)) continue;
    if (time % DAY !== 0) return 'minute';
    const date = new Date(time);
    if (date.getUTCDate() !== 1) unit = 'day';
    else if (unit === 'year' && date.getUTCMonth() !== 0) unit = 'month';
  }
  return unit;
}

/** Guesses what a column holds: numbers, dates, categories or free text. */
export function typeColumn(name: string, values: readonly Cell[]): TypedColumn {
  const rows = values.length;
  const strings = values.map((cell) => (cell === null ? '' : String(cell)));
  const missing = values.map(isMissing);
  const present = missing.reduce((count, gone) => count + (gone ? 0 : 1), 0);
  if (present === 0) return { name, kind: 'text', strings };

  const decimal = decimalOf(strings);
  const numbers = Float64Array.from(values, (cell, i) =>
    missing[i] ? Number.NaN : typeof cell === 'number' ? cell : readNumber(strings[i], decimal),
  );
  if (enough(numbers, strings, missing)) {
    const times = years(name, numbers) ?? epoch(name, numbers);
    const kept = strings.some((text, i) => text !== (Number.isNaN(numbers[i]) ? '' : String(numbers[i])));
    const original = kept || times ? { strings } : {};
    return times
      ? { name, kind: 'date', unit: unitOf(times), numbers: times, ...original }
      : { name, kind: 'number', numbers, ...original };
  }

  const order = slashOrder(strings);
  if (order) {
    const times = Float64Array.from(strings, (text, i) => (missing[i] ? Number.NaN : readDate(text, order)));
    if (enough(times, strings, missing))
      return { name, kind: 'date', unit: unitOf(times), numbers: times, strings };
  }

  const counts = new Map<string, number>();
  for (let i = 0; i < rows && counts.size <= MOST_CATEGORIES; i++) {
    if (strings[i] !== '') counts.set(strings[i], (counts.get(strings[i]) ?? 0) + 1);
  }
  const isPicture = [...counts.keys()].some((text) => PICTURE.test(text));
  if (isPicture || counts.size > MOST_CATEGORIES || counts.size > Math.max(2, present / 2))
    return { name, kind: 'text', strings };
  const categories = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  const codeOf = new Map(categories.map((category, code) => [category, code]));
  const codes = Int32Array.from(strings, (text) => codeOf.get(text) ?? -1);
  return { name, kind: 'category', categories, codes };
}

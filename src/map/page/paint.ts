import { gradesOf } from '../../statistics/scale.js';
import type { ColumnInfo } from '../format.js';
import { groupColor, missingColor, noiseColor, palette, type Rgb, ramp, type Theme } from './colors.js';
import { short } from './dom.js';
import { formatTime } from './time-bins.js';
import type { Cut } from './topics.js';

/** Colours of the points, and the legend's entries. */
export interface Painting {
  colorOf(row: number): Rgb;
  /** Red, green and blue of so many rows. */
  rgb(rows: number): Uint8Array;
  legend:
    | { kind: 'topics' }
    | { kind: 'range'; title: string; from: string; to: string }
    | { kind: 'categories'; title: string; colors: readonly Rgb[]; other: Rgb };
}

/** Values of a colourable column; decoded before it is painted. */
export interface ColumnValues {
  info: ColumnInfo;
  numbers?: Float64Array;
  codes?: Int32Array;
}

/** A painting with its colours by row, made once. */
function painted(colorOf: (row: number) => Rgb, legend: Painting['legend']): Painting {
  let made: Uint8Array | undefined;
  return {
    colorOf,
    legend,
    rgb(rows) {
      if (made) return made;
      made = new Uint8Array(3 * rows);
      for (let row = 0; row < rows; row++) made.set(colorOf(row), 3 * row);
      return made;
    },
  };
}

/** How a number or a time of a column is written. */
export const formatOf =
  ({ kind, unit }: ColumnInfo) =>
  (value: number): string =>
    kind === 'date' ? formatTime(value, unit) : short(value);

/**
 * The numbers that have the first and the last colour: the 2nd and 98th percentile, so outliers don't flatten the rest; of the grades of a
 * scale the lowest and the highest, each of which means something however rare it is.
 */
function range(numbers: ArrayLike<number> & Iterable<number>): [number, number] {
  const step = Math.max(1, Math.floor(numbers.length / 20_000));
  const sample: number[] = [];
  for (let i = 0; i < numbers.length; i += step) if (Number.isFinite(numbers[i])) sample.push(numbers[i]);
  sample.sort((a, b) => a - b);
  if (sample.length === 0) return [0, 1];
  const grades = gradesOf(numbers);
  if (grades) return [grades[0], grades[grades.length - 1]];
  const low = sample[Math.floor(0.02 * (sample.length - 1))];
  const high = sample[Math.ceil(0.98 * (sample.length - 1))];
  return low < high ? [low, high] : [sample[0], sample[sample.length - 1]];
}

function byRange(
  theme: Theme,
  title: string,
  numbers: ArrayLike<number> & Iterable<number>,
  format: (value: number) => string,
  fixed?: [number, number],
): Painting {
  const [low, high] = fixed ?? range(numbers);
  const missing = missingColor(theme);
  const steps = Array.from({ length: 64 }, (_, i) => ramp(theme, i / 63));
  const scale = high > low ? 63 / (high - low) : 0;
  const colorOf = (row: number) => {
    const value = numbers[row];
    if (Number.isNaN(value)) return missing;
    return steps[Math.min(63, Math.max(0, Math.round((value - low) * scale)))];
  };
  return painted(colorOf, { kind: 'range', title, from: format(low), to: format(high) });
}

/** The last painting by topic: a change of filters leaves it as it is. */
let last: { theme: Theme; cut: Cut; topics: Cut; painting: Painting } | null = null;

/**
 * The colours of groups. A group that has a hue to itself shows the topics inside it as shades of that hue, so that they
 * are seen at every level.
 */
function byTopic(theme: Theme, cut: Cut, topics: Cut): Painting {
  if (last?.theme === theme && last.cut === cut && last.topics === topics) return last.painting;
  const noise = noiseColor(theme);
  const withHue = new Map<number, number>();
  for (const { color } of cut.topics) withHue.set(color, (withHue.get(color) ?? 0) + 1);
  const shadesOf = (color: number) =>
    cut === topics || withHue.get(color) !== 1
      ? null
      : new Map(
          topics.topics
            .filter((topic) => topic.color === color)
            .map((topic) => [topic.id, groupColor(theme, topic)]),
        );
  const byLabel = new Map(
    cut.topics.map((group) => [group.id, { plain: groupColor(theme, group), shades: shadesOf(group.color) }]),
  );
  const colorOf = (row: number) => {
    const group = byLabel.get(cut.labels[row]);
    return group?.shades?.get(topics.labels[row]) ?? group?.plain ?? noise;
  };
  const painting = painted(colorOf, { kind: 'topics' });
  last = { theme, cut, topics, painting };
  return painting;
}

function byCategory(theme: Theme, { info, codes }: ColumnValues): Painting {
  const colors = palette(theme);
  const missing = missingColor(theme);
  const names = info.categories ?? [];
  // Categories come by size; those beyond the palette share one quiet colour.
  const own = names.length <= colors.length ? names.length : colors.length - 1;
  const colorOf = (row: number) => {
    const code = codes ? codes[row] : -1;
    return code >= 0 && code < own ? colors[code] : missing;
  };
  return painted(colorOf, {
    kind: 'categories',
    title: info.name,
    colors: colors.slice(0, own),
    other: missing,
  });
}

/** The painting for a choice of colour, with the grouping in sight and the topics. */
export function painting(
  choice: string,
  theme: Theme,
  cut: Cut,
  topics: Cut,
  scores: { probabilities: Float64Array; outliers: Float64Array },
  column: ColumnValues | undefined,
): Painting {
  if (choice === 'probability') return byRange(theme, 'Probability', scores.probabilities, short, [0, 1]);
  if (choice === 'outlier') return byRange(theme, 'Outlier score', scores.outliers, short, [0, 1]);
  if (column?.codes) return byCategory(theme, column);
  if (column?.numbers) return byRange(theme, column.info.name, column.numbers, formatOf(column.info));
  return byTopic(theme, cut, topics);
}

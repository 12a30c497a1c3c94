import { shorten } from '../shorten.js';
import type { GroupTable } from '../statistics/groups.js';
import type { Timeline, TopicTrend } from '../statistics/timeline.js';
import { tenth } from './dots.js';
import { PALETTE } from './palette.js';
import { escapeXml } from './xml.js';

const FONT = 'font-family="\'DejaVu Sans\', \'Noto Sans\', Helvetica, Arial, sans-serif" font-size="12"';
const TOPICS = 12;
const VALUES = 12;
/** Width left for names, px. */
const LEFT = 270;
const SIZE = 12;
const NAME = LEFT - 12;
const CELL = { width: 62, height: 20 };
/** Standard deviations from which a cell has its full colour. */
const FULL = 6;

const page = (width: number, height: number, title: string, parts: string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" ${FONT}><title>${escapeXml(title)}</title><rect width="100%" height="100%" fill="#ffffff"/>${parts.join('')}</svg>\n`;

const label = (x: number, y: number, text: string, more = ''): string =>
  `<text x="${tenth(x)}" y="${tenth(y)}" fill="#222222"${more}>${escapeXml(text)}</text>`;

/** Characters that are about as wide as high. */
const WIDE = /[MWmw@%\u1100-\u11ff\u2e80-\uffef\u{1f000}-\u{3ffff}]/u;

/** Width in parts of the size, by means of DejaVu Sans, the widest of the fonts. */
const widthOf = (one: string): number => (WIDE.test(one) ? 1.05 : one === one.toLowerCase() ? 0.62 : 0.78);

/** A name that is cut where it would be wider than what is left for it. */
function fitting(name: string): string {
  let width = 0;
  for (const [at, one] of [...name].entries()) {
    width += widthOf(one) * SIZE;
    if (width > NAME) return shorten(name, at);
  }
  return name;
}

/** Topics of which some value has clearly more or fewer rows, the clearest first, by value of the column. */
export function groupsChart(table: GroupTable): string {
  const values = table.values.slice(0, VALUES);
  const strength = new Map<number, { name: string; most: number }>();
  for (const { topics } of values) {
    for (const { id, name, score } of topics) {
      if (id < 0) continue;
      const most = Math.max(Math.abs(score), strength.get(id)?.most ?? 0);
      strength.set(id, { name, most });
    }
  }
  const shown = [...strength].sort(([a, x], [b, y]) => y.most - x.most || a - b).slice(0, TOPICS);
  const left = LEFT;
  const top = 90;
  const parts = values.map(({ value }, at) => {
    const x = left + at * CELL.width + CELL.width / 2;
    return label(x, top - 8, shorten(value, 18), ` transform="rotate(-35 ${tenth(x)} ${top - 8})"`);
  });
  for (const [line, [id, { name }]] of shown.entries()) {
    const y = top + line * CELL.height;
    parts.push(label(left - 8, y + 14, fitting(name), ' text-anchor="end"'));
    for (const [at, { topics }] of values.entries()) {
      const topic = topics.find((one) => one.id === id);
      if (!topic) continue;
      const x = left + at * CELL.width;
      const color = PALETTE.light[topic.score >= 0 ? 0 : 1];
      // Text stays readable on the strongest colour.
      const opacity = tenth(Math.min(0.6, (0.6 * Math.abs(topic.score)) / FULL));
      const box = `x="${x + 1}" y="${y + 1}" width="${CELL.width - 2}" height="${CELL.height - 2}"`;
      parts.push(`<rect ${box} fill="${color}" fill-opacity="${opacity}"/>`);
      const share = `${(100 * topic.share).toFixed(0)} %`;
      parts.push(label(x + CELL.width / 2, y + 14, share, ' text-anchor="middle"'));
    }
  }
  const width = left + values.length * CELL.width + 90;
  const title = `Share of topics by ${table.column}: blue more, orange less than in the other values`;
  return page(width, top + shown.length * CELL.height + 16, title, [label(8, 16, title), ...parts]);
}

const LINES = 10;
const PLOT = { width: 420, height: 26 };

/** The share of some topics in each period, those with a trend first. */
export function timelineChart(timeline: Timeline): string {
  const strength = ({ change, high }: TopicTrend) => Math.abs(change) / Math.max(1e-12, high - change);
  const size = ({ rows }: TopicTrend) => rows.reduce((sum, count) => sum + count, 0);
  const shown = [...timeline.topics]
    .sort(
      (a, b) =>
        Number(b.trend !== '') - Number(a.trend !== '') ||
        strength(b) - strength(a) ||
        size(b) - size(a) ||
        a.id - b.id,
    )
    .slice(0, LINES);
  const left = LEFT;
  const count = Math.max(1, timeline.periods.length);
  const width = PLOT.width / count;
  const parts = shown.flatMap(({ name, shares, trend }, line) => {
    const bottom = 34 + (line + 1) * (PLOT.height + 6);
    const most = Math.max(...shares, 1e-9);
    const bars = shares.map((share, at) => {
      const height = (PLOT.height * share) / most;
      const color = trend === 'emerging' ? 0 : trend === 'fading' ? 1 : 8;
      return `<rect x="${tenth(left + at * width)}" y="${tenth(bottom - height)}" width="${tenth(Math.max(0.5, width - 1))}" height="${tenth(height)}" fill="${PALETTE.light[color]}"/>`;
    });
    const note = `up to ${(100 * most).toFixed(0)} %${trend ? `, ${trend}` : ''}`;
    return [
      label(left - 8, bottom - 6, fitting(name), ' text-anchor="end"'),
      ...bars,
      label(left + PLOT.width + 8, bottom - 6, note),
    ];
  });
  const [first = '', last = ''] = [timeline.periods[0], timeline.periods.at(-1)];
  const bottom = 34 + shown.length * (PLOT.height + 6) + 16;
  parts.push(label(left, bottom, first), label(left + PLOT.width, bottom, last, ' text-anchor="end"'));
  const title = `Share of topics by ${timeline.period}`;
  return page(left + PLOT.width + 170, bottom + 10, title, [label(8, 16, title), ...parts]);
}

import { grouped } from '../counted.js';
import type { Topic } from '../shapes.js';
import { shorten } from '../shorten.js';
import { type GroupColors, type Level, placeHierarchy } from './branches.js';
import { dotPath, ROUND_DOTS, tenth } from './dots.js';
import { NOISE, shadeOf } from './palette.js';
import { rowsByLabel, type TopicPlace } from './places.js';
import { escapeXml } from './xml.js';

/** What the picture shows. */
export interface Picture {
  /** A label a row, -1 for noise. */
  labels: Int32Array;
  topics: Topic[];
  /** x0 y0 x1 y1 …; NaN where a row has no place. */
  points: Float32Array;
  /** Levels above the topics, finest first: topics of one branch have shades of one colour. */
  levels?: readonly Level[];
  /** Colours that topics and themes have already. */
  colors?: GroupColors;
}

export interface SvgOptions {
  /** Pixels. Default 1200. */
  width?: number;
  /** Pixels. Default 900. */
  height?: number;
  /** Written above the points. Default: none. */
  title?: string;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Rows in no topic are drawn faintly, beneath the others. */
const NOISE_OPACITY = 0.45;
const MARGIN = 40;
const FONT = "'DejaVu Sans', 'Noto Sans', Helvetica, Arial, sans-serif";
const LONGEST_LABEL = 42;

/**
 * The map as a still picture: a dot a row coloured by topic and branch of the hierarchy, noise pale beneath, names where they don't overlap,
 * the larger topics first. One path a topic, so that the file stays small.
 */
export function toSvg(picture: Picture, options: SvgOptions = {}): string {
  const { labels, topics, points, levels = [], colors: known } = picture;
  const { width = 1200, height = 900, title } = options;
  const top = title === undefined ? MARGIN : MARGIN + 30;
  const place = placeOn(points, { left: MARGIN, top, right: width - MARGIN, bottom: height - MARGIN - 10 });
  const rows = rowsByLabel(labels);
  const { topics: places } = placeHierarchy(points, { groups: topics, labels }, levels, known);
  const colors = places.map(({ color, shade }) => shadeOf('light', color, shade));
  const radius = Math.min(4, Math.max(0.6, 60 / Math.sqrt(Math.max(1, labels.length))));
  const isPlaced = (row: number) => Number.isFinite(points[2 * row]) && Number.isFinite(points[2 * row + 1]);
  const dots = (members: Iterable<number>, attributes: string) => {
    const spots = Array.from(members)
      .filter(isPlaced)
      .map((row) => place(points[2 * row], points[2 * row + 1]));
    return spots.length > 0 ? [dotPath(spots, attributes)] : [];
  };
  const noise = Array.from(labels.keys()).filter((row) => labels[row] < 0);
  const drawn = [
    ...dots(noise, `stroke="${NOISE.light}" stroke-opacity="${NOISE_OPACITY}"`),
    ...topics.flatMap(({ id }, t) => dots(rows.get(id) ?? [], `stroke="${colors[t]}"`)),
  ];
  const counted = `${count(labels.length, 'text')} · ${count(topics.length, 'topic')} · ${labels.filter((label) => label < 0).length} in none`;
  const names = placeNames(topics, places, place, width, height).map(({ x, y, size, text, topic }) => {
    const at = `x="${tenth(x)}" y="${tenth(y)}" font-size="${tenth(size)}"`;
    const shown = escapeXml(text);
    // Drawn twice, for renderers without paint-order.
    return `<text ${at} stroke="#fff" stroke-width="4" stroke-linejoin="round">${shown}</text><text ${at} fill="${darker(colors[topic])}">${shown}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}">
<title>${escapeXml(title ?? counted)}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${title === undefined ? '' : `<text x="${MARGIN}" y="44" font-size="22" fill="#222">${escapeXml(title)}</text>\n`}<g ${ROUND_DOTS} stroke-width="${tenth(radius * 2)}" stroke-opacity="0.8">
${drawn.join('\n')}
</g>
<g text-anchor="middle" font-weight="bold">
${names.join('\n')}
</g>
<text x="${MARGIN}" y="${height - 16}" font-size="13" fill="#555">${escapeXml(counted)}</text>
</svg>
`;
}

type Place = (x: number, y: number) => [number, number];

/** Both axes at one scale, centred. */
function placeOn(points: Float32Array, box: Box): Place {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < points.length; i++) {
    if (!Number.isFinite(points[i])) continue;
    low[i & 1] = Math.min(low[i & 1], points[i]);
    high[i & 1] = Math.max(high[i & 1], points[i]);
  }
  const spans = [high[0] - low[0], high[1] - low[1]].map((span) => (span > 0 ? span : 1));
  const scale = Math.min((box.right - box.left) / spans[0], (box.bottom - box.top) / spans[1]);
  const middle = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
  const [midX, midY] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  return (x, y) => [midX + (x - middle[0]) * scale, midY - (y - middle[1]) * scale];
}

function placeNames(topics: Topic[], places: TopicPlace[], place: Place, width: number, height: number) {
  const largest = topics.reduce((most, { size }) => Math.max(most, size), 1);
  const taken: Box[] = [];
  const placed: { x: number; y: number; size: number; text: string; topic: number }[] = [];
  const order = topics.map((_, t) => t).sort((a, b) => topics[b].size - topics[a].size || a - b);
  for (const topic of order) {
    if (Number.isNaN(places[topic].x)) continue;
    const [centerX, centerY] = place(places[topic].x, places[topic].y);
    const size = 12 + 8 * Math.sqrt(topics[topic].size / largest);
    const text = shorten(topics[topic].name, LONGEST_LABEL);
    const half = (widthOf(text) * size) / 2;
    const x = Math.min(width - half - 4, Math.max(half + 4, centerX));
    for (const shift of [0, -1.1, 1.1, -2.2, 2.2]) {
      const y = Math.min(height - 34, Math.max(size + 4, centerY + shift * size));
      const box = { left: x - half, right: x + half, top: y - size, bottom: y + size * 0.3 };
      if (taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      placed.push({ x, y, size, text, topic });
      break;
    }
  }
  return placed;
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** In ems, on the generous side: East Asian characters are square. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width += /[\u1100-\u11ff\u2e80-\uffef\u{1f000}-\u{3ffff}]/u.test(character) ? 1.05 : 0.68;
  return width;
}

/** Text needs more contrast to white than dots do. */
function darker(color: string): string {
  const channel = (at: number) => Math.round(Number.parseInt(color.slice(at, at + 2), 16) * 0.6);
  return `#${[1, 3, 5].map((at) => channel(at).toString(16).padStart(2, '0')).join('')}`;
}

const count = (number: number, what: string): string =>
  `${grouped(number)} ${what}${number === 1 ? '' : 's'}`;

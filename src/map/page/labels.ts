import { type Around, readableAt } from './readable.js';
import type { MapTopic } from './topics.js';

/** A topic's name, set in lines, at its place. Place and offset never change, whatever the zoom. */
export interface Label {
  topic: MapTopic;
  /** 0 for the groups in sight, 1 for finer ones between them. */
  tier: number;
  lines: string[];
  size: number;
  width: number;
  height: number;
  /** Offset of the box's middle from the topic's place, in pixels. */
  dx: number;
  dy: number;
  /** Pixels per map unit from which it stands; at every larger zoom it stands too. */
  from: number;
}

export const LABEL_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
export const LINE_HEIGHT = 1.18;
const LINE_UNITS = 22;
const MOST_LINES = 2;
/** How many letters longer a line may be for a break that isn't inside a keyword. */
const INSIDE = 5;

/** Two lines of as equal length as words allow; what a long name has beyond that becomes an ellipsis. */
export function breakLines(name: string): string[] {
  const words = name.replace(/\s+/g, ' ').trim().split(' ');
  const whole = words.join(' ');
  if (whole.length <= LINE_UNITS) return [whole];
  // The break that leaves the shortest longest line, better after a comma; of equal ones the later.
  let best: { lines: string[]; cost: number } | null = null;
  for (let at = 1; at < words.length; at++) {
    const lines = [words.slice(0, at).join(' '), words.slice(at).join(' ')];
    const length = Math.max(...lines.map((line) => line.length));
    const cost = length + (lines[0].endsWith(',') ? 0 : INSIDE);
    if (length <= LINE_UNITS && (!best || cost <= best.cost)) best = { lines, cost };
  }
  if (best) return best.lines;
  const lines = filled(words);
  const kept = lines.slice(0, MOST_LINES).map(clip);
  const last = kept[MOST_LINES - 1];
  if (lines.length > MOST_LINES && !last.endsWith('…'))
    kept[MOST_LINES - 1] = `${last.replace(/[,;:.\s]+$/, '')}…`;
  return kept;
}

/** Lines that are filled one after the other. */
function filled(words: readonly string[]): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > LINE_UNITS) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

/** A line with an ellipsis for what is far too long in it: a word without a place to break it. */
const clip = (line: string) =>
  line.length > LINE_UNITS + 6 ? `${[...line].slice(0, LINE_UNITS + 4).join('')}…` : line;

/** Font size of a name in pixels; larger for larger topics. */
const fontSize = (topic: MapTopic, largest: number) =>
  11.5 + 5.5 * Math.sqrt(Math.log1p(topic.size) / Math.log1p(Math.max(2, largest)));

/** Names of finer groups are smaller than those they stand between. */
const FINER_SIZE = 0.86;
/** Zoom, as a multiple of the view of everything, from which finer groups are named. */
const FINER_FROM = 1.3;
/** Pixels between two names. */
const GAP = 3;
/** Pixels at home. A topic less high than this has its name next to it, since the name would cover its texts. */
const SMALL = 40;
/** Pixels of the clear space between a name and the place of a small topic. */
const CLEAR = 7;
/** Most pixels that a name is moved aside; at more it would move visibly against the points on zooming. */
const ASIDE = 34;

/** Where a name may stand, best first: pixels from the topic's place. */
function offsets(topic: MapTopic, homeScale: number, width: number, height: number): [number, number][] {
  const up = height / 2 + CLEAR;
  const side = Math.min(width / 2 + CLEAR, ASIDE + 20);
  const near: [number, number][] = [
    [0, -up],
    [0, up],
    [side, 0],
    [-side, 0],
    [0, -up - ASIDE / 2],
    [0, up + ASIDE / 2],
    [side, -up],
    [-side, -up],
    [side, up],
    [-side, up],
  ];
  const isSmall = (topic.box.bottom - topic.box.top) * homeScale < SMALL;
  return isSmall ? [...near, [0, 0]] : [[0, 0], ...near];
}

/** Zooms at which |a·s + b| < limit, from and to. */
function span(a: number, b: number, limit: number): [number, number] {
  if (a === 0) return Math.abs(b) < limit ? [0, Infinity] : [0, 0];
  const ends = [(-limit - b) / a, (limit - b) / a];
  return [Math.max(0, Math.min(...ends)), Math.max(0, Math.max(...ends))];
}

type Box = Pick<Label, 'topic' | 'width' | 'height' | 'dx' | 'dy'>;

/** The zoom up to which two names overlap; 0 where they never do. */
function overlapEnd(one: Box, other: Box): number {
  const [x0, x1] = span(one.topic.x - other.topic.x, one.dx - other.dx, (one.width + other.width) / 2 + GAP);
  const [y0, y1] = span(
    one.topic.y - other.topic.y,
    one.dy - other.dy,
    (one.height + other.height) / 2 + GAP,
  );
  const end = Math.min(x1, y1);
  return Math.max(x0, y0) < end ? end : 0;
}

/** What a place further down the list costs: it must let the name stand from a zoom so much smaller. */
const LATER = 0.12;
/** What it costs that a group of the first tier has no name in the view of everything. */
const UNNAMED = 0.45;
/** What it costs that a name is moved by a pixel so that it can be read in the view of everything. */
const MOVED = 0.003;
/** What it costs that a name can't be read there, since a panel or the edge of the stage covers it. */
const UNREADABLE = 0.8;

/**
 * Gives every name one place and one zoom from which it stands, such that no two that stand overlap at any zoom: those
 * of an earlier tier first, then larger topics. Zooming in only adds names, and none moves against its place.
 * @param times Multiplies the sizes of letters of the first tier; of the others too where it makes them smaller.
 * @param around The view of everything and what covers it: names are placed such that they can be read there.
 */
export function placeLabels(
  tiers: readonly (readonly MapTopic[])[],
  homeScale: number,
  measure: (text: string, size: number) => number,
  times = 1,
  around: Around | null = null,
): Label[] {
  const ordered = tiers
    .flatMap((topics, tier) => topics.map((topic) => ({ topic, tier })))
    .sort((a, b) => a.tier - b.tier || b.topic.size - a.topic.size || a.topic.id - b.topic.id);
  const largest = tiers.flat().reduce((most, { size }) => Math.max(most, size), 1);
  const placed: Label[] = [];
  for (const { topic, tier } of ordered) {
    if (Number.isNaN(topic.x)) continue;
    const size = fontSize(topic, largest) * (tier === 0 ? times : FINER_SIZE * Math.min(1, times));
    const lines = breakLines(topic.name);
    const width = Math.max(...lines.map((line) => measure(line, size))) + 6;
    const height = lines.length * size * LINE_HEIGHT + 2;
    let best: { label: Label; cost: number } | null = null;
    for (const [rank, offset] of offsets(topic, homeScale, width, height).entries()) {
      const moved = around && readableAt(around, topic, { width, height, dx: offset[0], dy: offset[1] });
      const [dx, dy] = moved ?? offset;
      const box = { topic, width, height, dx, dy };
      let from = tier === 0 ? 0 : FINER_FROM * homeScale;
      for (const other of placed) {
        const end = overlapEnd(box, other);
        if (end > other.from && end > from) from = end;
      }
      const aside = Math.hypot(dx - offset[0], dy - offset[1]);
      const cost =
        Math.log(Math.max(from, homeScale / 4)) +
        LATER * rank +
        (tier === 0 && from > homeScale ? UNNAMED : 0) +
        (around && !moved ? UNREADABLE : MOVED * aside);
      if (Number.isFinite(from) && (!best || cost < best.cost))
        best = { label: { ...box, tier, lines, size, from }, cost };
    }
    if (best) placed.push(best.label);
  }
  return placed;
}

/** Pixels between a name and its topic's place from which a line joins the two. */
const JOINED = 10;

/** Where the line from a name to its topic's place begins, in pixels from that place; null where none is needed. */
export function leader({
  dx,
  dy,
  width,
  height,
}: Pick<Label, 'dx' | 'dy' | 'width' | 'height'>): [number, number] | null {
  // The point of the name's box that is nearest to the place.
  const x = dx > 0 ? Math.max(0, dx - width / 2) : Math.min(0, dx + width / 2);
  const y = dy > 0 ? Math.max(0, dy - height / 2) : Math.min(0, dy + height / 2);
  return Math.hypot(x, y) >= JOINED ? [x, y] : null;
}

/** Pixels. In a stage narrower than this, names are smaller. */
const NARROW = 600;
const SMALLER = 0.8;

/** In a stage this large names have their full size. */
const WIDE = 1200;
/** With fewer groups than this their names grow, up to so many times. */
const FEW = 24;
const GROWN = 1.45;

/** A low stage counts as one that is so many times as wide as it is high. */
const LOW = 1.3;

/**
 * What the size of names is multiplied by in a stage of this size: smaller on a phone, and larger where a few groups have
 * a large stage to themselves. Without `groups`, the size that fits many of them.
 */
export function nameScale(width: number, height: number, groups = FEW): number {
  const size = Math.min(width, LOW * height);
  if (size < NARROW) return SMALLER;
  const few = Math.min(1, Math.max(0, (FEW - groups) / (FEW - 4)));
  const wide = Math.min(1, (size - NARROW) / (WIDE - NARROW));
  return 1 + (GROWN - 1) * few * wide;
}

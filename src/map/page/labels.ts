import type { MapTopic } from './topics.js';

/** A topic's name, set in lines, at a place relative to the middle of its topic. */
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
}

export const LABEL_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
export const LINE_HEIGHT = 1.18;
const LINE_UNITS = 22;
const MOST_LINES = 2;

/** Greedy lines of about equal length; the rest of a long name becomes an ellipsis. */
export function breakLines(name: string): string[] {
  const words = name.replace(/\s+/g, ' ').trim().split(' ');
  const lines: string[] = [];
  const limit =
    name.length <= LINE_UNITS
      ? LINE_UNITS
      : Math.max(12, Math.min(LINE_UNITS, Math.ceil(name.length / 2) + 3));
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  const kept = lines.slice(0, MOST_LINES);
  const clipped = kept.map((text) =>
    text.length > LINE_UNITS + 6 ? `${[...text].slice(0, LINE_UNITS + 4).join('')}…` : text,
  );
  if (lines.length > MOST_LINES && !clipped[MOST_LINES - 1].endsWith('…'))
    clipped[MOST_LINES - 1] = `${clipped[MOST_LINES - 1].replace(/[,;:.\s]+$/, '')}…`;
  return clipped;
}

/** Font size of a name in pixels; larger for larger topics. */
const fontSize = (topic: MapTopic, largest: number) =>
  11.5 + 5.5 * Math.sqrt(Math.log1p(topic.size) / Math.log1p(Math.max(2, largest)));

/** Names of finer groups are smaller than those they stand between. */
const FINER_SIZE = 0.88;

const TRIES: [number, number][] = [
  [0, 0],
  [0, -0.75],
  [0, 0.75],
  [0.45, 0],
  [-0.45, 0],
];
const GAP = 4;
/** Pixels. A topic less high than this has its name next to it, since the name would cover its texts. */
const SMALL = 44;

/** Where a name may stand, best first, in pixels from the topic's place. */
function offsets(topic: MapTopic, scale: number, width: number, height: number): [number, number][] {
  const within = TRIES.map(([x, y]): [number, number] => [x * width, y * height]);
  const above = (topic.y - topic.box.top) * scale;
  const below = (topic.box.bottom - topic.y) * scale;
  if (above + below > SMALL) return within;
  return [[0, -above - height / 2 - 3], [0, below + height / 2 + 3], ...within];
}

/**
 * Chooses which names stand at this zoom so that no two overlap: those of an earlier tier first, then larger topics,
 * each at its place or near it. It depends on the zoom alone, so names don't move during panning. `first` is placed first.
 */
export function placeLabels(
  tiers: readonly (readonly MapTopic[])[],
  scale: number,
  measure: (text: string, size: number) => number,
  first: number,
): Label[] {
  const placed: Label[] = [];
  // Placed boxes by square, so that thousands of names are checked against few.
  const CELL = 160;
  const squares = new Map<string, [number, number, number, number][]>();
  const cellsOf = (left: number, top: number, right: number, bottom: number) => {
    const keys: string[] = [];
    for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y++)
      for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x++) keys.push(`${x},${y}`);
    return keys;
  };
  const ordered = tiers
    .flatMap((topics, tier) => topics.map((topic) => ({ topic, tier })))
    .sort(
      (a, b) =>
        Number(b.topic.id === first) - Number(a.topic.id === first) ||
        a.tier - b.tier ||
        b.topic.size - a.topic.size ||
        a.topic.id - b.topic.id,
    );
  const largest = tiers.flat().reduce((most, { size }) => Math.max(most, size), 1);
  for (const { topic, tier } of ordered) {
    if (Number.isNaN(topic.x)) continue;
    const size = fontSize(topic, largest) * (tier === 0 ? 1 : FINER_SIZE);
    const lines = breakLines(topic.name);
    const width = Math.max(...lines.map((line) => measure(line, size))) + 6;
    const height = lines.length * size * LINE_HEIGHT + 2;
    for (const [dx, dy] of offsets(topic, scale, width, height)) {
      const x = topic.x * scale + dx;
      const y = topic.y * scale + dy;
      const box: [number, number, number, number] = [
        x - width / 2 - GAP,
        y - height / 2 - GAP,
        x + width / 2 + GAP,
        y + height / 2 + GAP,
      ];
      const keys = cellsOf(...box);
      const free = keys.every((key) =>
        (squares.get(key) ?? []).every(
          (other) => box[2] <= other[0] || other[2] <= box[0] || box[3] <= other[1] || other[3] <= box[1],
        ),
      );
      if (!free) continue;
      for (const key of keys) {
        const list = squares.get(key);
        if (list) list.push(box);
        else squares.set(key, [box]);
      }
      placed.push({ topic, tier, lines, size, width, height, dx, dy });
      break;
    }
  }
  return placed;
}

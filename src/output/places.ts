import { PLAIN_SHADE, spreadColors } from './palette.js';

/** A rectangle in the units of the points, y upwards. */
export interface Extent {
  left: number;
  right: number;
  low: number;
  high: number;
}

/** Where a topic is drawn, and in which colour. */
export interface TopicPlace {
  /** Where its name stands: the densest part of its rows. NaN where none of them has a place. */
  x: number;
  y: number;
  /** Where nearly all of its rows lie. */
  extent: Extent;
  /** Index into the palette. */
  color: number;
  /** Of that colour, from dark to light. */
  shade: number;
}

/** Rows of a topic that are looked at, evenly spread. */
const SAMPLE = 4000;
/** Cells of a topic's grid to each side. */
const SIDE = 14;
/** Rows beyond this share at each end of both axes don't widen a topic's extent. */
const OUTER = 0.02;

/**
 * Places and colours of topics, in their order. Labels are those of `points`, x0 y0 x1 y1 …; a row whose place is NaN
 * counts for nothing.
 * @param known colours that topics have already, in their order; −1 for none
 */
export function placeTopics(
  points: Float32Array,
  labels: Int32Array,
  topics: readonly { id: number; size: number }[],
  known?: ArrayLike<number>,
): TopicPlace[] {
  const rows = rowsByLabel(labels);
  const places = topics.map(({ id }) => placeRows(points, rows.get(id) ?? new Int32Array()));
  const order = topics
    .map((_, at) => at)
    .sort((a, b) => topics[b].size - topics[a].size || topics[a].id - topics[b].id);
  const colors = spreadColors(
    order.map((at) => places[at].x),
    order.map((at) => places[at].y),
    known && order.map((at) => known[at]),
  );
  const colorOf = new Uint8Array(topics.length);
  for (const [rank, at] of order.entries()) colorOf[at] = colors[rank];
  return places.map((place, at) => ({ ...place, color: colorOf[at], shade: PLAIN_SHADE }));
}

/** Rows of every label from 0 on, ascending. */
export function rowsByLabel(labels: Int32Array): Map<number, Int32Array> {
  const sizes = new Map<number, number>();
  for (const label of labels) if (label >= 0) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const rows = new Map([...sizes].map(([label, size]) => [label, { list: new Int32Array(size), filled: 0 }]));
  for (const [row, label] of labels.entries()) {
    const held = rows.get(label);
    if (held) held.list[held.filled++] = row;
  }
  return new Map([...rows].map(([label, { list }]) => [label, list]));
}

const NOWHERE = {
  x: Number.NaN,
  y: Number.NaN,
  extent: { left: Number.NaN, right: Number.NaN, low: Number.NaN, high: Number.NaN },
};

/** The densest cell of a coarse grid over the rows, and their extent without the outermost 2 % on each side. */
function placeRows(points: Float32Array, rows: Int32Array): Omit<TopicPlace, 'color' | 'shade'> {
  const step = Math.max(1, Math.floor(rows.length / SAMPLE));
  const xs: number[] = [];
  const ys: number[] = [];
  for (let i = 0; i < rows.length; i += step) {
    const [x, y] = [points[2 * rows[i]], points[2 * rows[i] + 1]];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    xs.push(x);
    ys.push(y);
  }
  if (xs.length === 0) return NOWHERE;
  const [left, right] = inner(xs);
  const [low, high] = inner(ys);
  const [column, line] = densestCell(xs, ys, { left, right, low, high });
  return {
    x: left + ((column + 0.5) / SIDE) * (right - left),
    y: low + ((line + 0.5) / SIDE) * (high - low),
    extent: { left, right, low, high },
  };
}

function inner(values: number[]): [number, number] {
  const sorted = Float32Array.from(values).sort();
  const last = values.length - 1;
  return [sorted[Math.floor(OUTER * last)], sorted[Math.ceil((1 - OUTER) * last)]];
}

/** Smoothed over a wide window: a name belongs in the body of its topic, not on a chance clump. */
function densestCell(xs: number[], ys: number[], { left, right, low, high }: Extent): [number, number] {
  const cell = (value: number, from: number, to: number) =>
    Math.min(SIDE - 1, Math.max(0, Math.floor(((value - from) / Math.max(to - from, 1e-9)) * SIDE)));
  const counts = new Float64Array(SIDE * SIDE);
  for (let i = 0; i < xs.length; i++) counts[cell(ys[i], low, high) * SIDE + cell(xs[i], left, right)]++;
  let best = -1;
  let densest: [number, number] = [0, 0];
  for (let line = 0; line < SIDE; line++) {
    for (let column = 0; column < SIDE; column++) {
      const sum = around(counts, column, line);
      if (sum <= best) continue;
      best = sum;
      densest = [column, line];
    }
  }
  return densest;
}

/** Rows in the cells around one, nearer cells counted more. */
function around(counts: Float64Array, column: number, line: number): number {
  let sum = 0;
  for (let dy = -3; dy <= 3; dy++) {
    for (let dx = -3; dx <= 3; dx++) {
      const [x, y] = [column + dx, line + dy];
      if (x < 0 || y < 0 || x >= SIDE || y >= SIDE) continue;
      sum += counts[y * SIDE + x] / (1 + 0.25 * (dx * dx + dy * dy));
    }
  }
  return sum;
}

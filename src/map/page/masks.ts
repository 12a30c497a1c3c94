import type { Filter } from './filters.js';
import type { Grid } from './grid.js';
import { boundsOf, isInside, type Outline } from './outline.js';

/** 1 where the row passes. */
export type Mask = Uint8Array;

export function topicMask(labels: Int32Array, topic: number): Mask {
  const mask = new Uint8Array(labels.length);
  // Noise is what has no group.
  if (topic < 0) for (let i = 0; i < mask.length; i++) mask[i] = labels[i] < 0 ? 1 : 0;
  else for (let i = 0; i < mask.length; i++) mask[i] = labels[i] === topic ? 1 : 0;
  return mask;
}

/** Rows inside the outlines; those of a first one that removes are taken from all rows. */
export function outlineMask(outlines: readonly Outline[], points: Float32Array, grid: Grid): Mask {
  const mask = new Uint8Array(points.length / 2);
  if (outlines[0]?.adds === false) mask.fill(1);
  for (const outline of outlines)
    grid.inBox(...boundsOf(outline), (row) => {
      if (isInside(outline, points[2 * row], points[2 * row + 1])) mask[row] = outline.adds ? 1 : 0;
    });
  return mask;
}

/** Rows whose number is in [low, high), or in [low, high] where `closed`; a missing number passes nothing. */
export function rangeMask(numbers: Float64Array, low: number, high: number, closed: boolean): Mask {
  const mask = new Uint8Array(numbers.length);
  for (let i = 0; i < mask.length; i++) {
    const value = numbers[i];
    mask[i] = value >= low && (value < high || (closed && value === high)) ? 1 : 0;
  }
  return mask;
}

export function codeMask(codes: Int32Array, picked: ReadonlySet<number>): Mask {
  const mask = new Uint8Array(codes.length);
  for (let i = 0; i < mask.length; i++) mask[i] = picked.has(codes[i]) ? 1 : 0;
  return mask;
}

/** Rows that pass every mask; null where there is none. */
export function intersection(masks: readonly Mask[]): Mask | null {
  if (masks.length === 0) return null;
  const [first, ...others] = masks;
  const all = first.slice();
  for (const mask of others) for (let i = 0; i < all.length; i++) all[i] &= mask[i];
  return all;
}

/** What the masks of filters are made from. */
export interface MaskSources {
  points: Float32Array;
  grid: Grid;
  /** Labels of the grouping that a topic is of. */
  labelsOf(topic: number): Promise<Int32Array>;
  numbers(column: number): Promise<Float64Array>;
  codes(column: number): Promise<Int32Array>;
  search(filter: Extract<Filter, { kind: 'search' }>): Promise<Mask | null>;
}

/** The rows that one filter lets through; null when it was overtaken by a newer one. */
export async function maskOf(filter: Filter, sources: MaskSources): Promise<Mask | null> {
  switch (filter.kind) {
    case 'topic':
      return topicMask(await sources.labelsOf(filter.topic), filter.topic);
    case 'search':
      return sources.search(filter);
    case 'outlines':
      return outlineMask(filter.outlines, sources.points, sources.grid);
    case 'span': {
      const [column, from, to] = filter.span;
      return rangeMask(await sources.numbers(column), from, to, false);
    }
    case 'picked':
      return codeMask(await sources.codes(filter.column), filter.codes);
    case 'range':
      return rangeMask(await sources.numbers(filter.column), ...filter.range, true);
  }
}

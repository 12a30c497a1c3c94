import { LEAST_TO_REDUCE } from '../pipeline/grouping.js';
import type { Step } from './format.js';

/** A run of so many times the rows is planned and laid out anew. */
export const OUTGROWN = 2;

/** Rows of the run when its reduced space was last made. */
export function laidOutRows(steps: readonly Step[]): number {
  const last = steps.findLast(({ did, laidOut }) => did === 'cluster' || laidOut) ?? steps[0];
  return last?.rows ?? 0;
}

/**
 * Whether a run has outgrown its reduced space: what is new in later rows has no place of its own in it. Banking77 grown from 600 rows
 * to 6,500 would have 29 topics in those of its first rows.
 * @param all rows of the run now
 */
export const isOutgrown = (steps: readonly Step[], all: number): boolean =>
  laidOutRows(steps) > 0 && all >= OUTGROWN * laidOutRows(steps);

/**
 * For how many rows the tree of a run that goes on is planned: as many as it had when the sizes were last planned, until these have
 * doubled. The smallest topic grows with the number of rows, and each time it does, topics of that size end.
 *
 * @param rows that take part now
 * @param steps what was done to the run, oldest first
 * @param all rows of the run now, those without a text included
 */
export function plannedRows(rows: number, steps: readonly Pick<Step, 'did' | 'rows'>[], all: number): number {
  const counts = [
    ...steps.filter(({ did }) => did === 'cluster' || did === 'add').map((step) => step.rows),
    all,
  ];
  const planned = counts.reduce((before, now) => (now >= OUTGROWN * before ? now : before));
  return Math.min(rows, Math.max(LEAST_TO_REDUCE, Math.round((rows * planned) / Math.max(1, all))));
}

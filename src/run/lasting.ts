import { LEAST_TO_REDUCE } from '../pipeline/grouping.js';
import type { Step } from './format.js';

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
  const planned = counts.reduce((before, now) => (now >= 2 * before ? now : before));
  return Math.min(rows, Math.max(LEAST_TO_REDUCE, Math.round((rows * planned) / Math.max(1, all))));
}

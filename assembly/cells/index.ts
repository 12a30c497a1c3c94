// What the host may call.
export { beginPart, endPart, measure, offerScores, scanCells, scratchBytes } from './cells';
export { descend } from './descend';

export { PART, ROWS } from './cells';

/** Where the host's arena begins. */
export const heapBase: usize = __heap_base;

// What the host may call.
export { descend, measure, scanCells, scratchBytes } from './cells';

export { PART, ROWS } from './cells';

/** Where the host's arena begins. */
export const heapBase: usize = __heap_base;

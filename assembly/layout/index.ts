// The functions that the host calls. Those that several threads run at once take (chunk, thread, …).
export { memberships } from './membership';
export { countEntries, fillTranspose, uniteRow } from './union';
export { degrees, filter, gram, rotate } from './spectral';
export { descend2, descendN } from './descent';
export { placeRows } from './place';

export { TABLE_BASE, TABLE_LAST, TABLE_SHIFT } from './gradient';
export { EMPTY } from './membership';

/** Where the host's arena begins. */
export const heapBase: usize = __heap_base;

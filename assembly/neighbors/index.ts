// The door of this room: what the host may call.
export { addRows, pack, widest } from './pack';
export { offerNearest, offerTile, refine, scanForeign, scanPairs, scanRows } from './brute';

/** Where the host's arena begins. */
export const heapBase: usize = __heap_base;

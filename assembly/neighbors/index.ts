// What the host may call.
export { frameRows, pack, widest } from './pack';
export { quantizeRows } from './bytes';
export { refine, scanPairs, scanRows } from './brute';
export { closeForeign, offerEdges, offerForeign, openForeign, scanForeign } from './foreign';
export { offerLighter } from './lighter';
export { beginTile, offerNearest, offerOthers, offerTile } from './tiles';
export { tile } from './tile';

export { BLOCK, SCRATCH } from './job';
export { TOGETHER } from './tiles';

/** Where the host's arena begins. */
export const heapBase: usize = __heap_base;

// What the host may call.
export { joinBoxes, splitNode, splitSubtree } from './kdtree';
export { colourLeaves, joinColours, searchForeign } from './kdtree-foreign';
export { searchTree } from './kdtree-nearest';
export { countPlaces, putInOrder, sumPlaces } from './kdtree-order';
export { frameRows, pack, widest } from './pack';
export { quantizeRows } from './bytes';
export { refine, scanPairs, scanRows } from './brute';
export { closeForeign, offerEdges, offerForeign, openForeign, scanForeign } from './foreign';
export { beginTile, offerNearest, offerTile } from './tiles';
export { tile } from './tile';

export { BLOCK, SCRATCH } from './job';
export { LEAF } from './kdtree';
export { TOGETHER } from './tiles';

/** Where the host's arena begins. */
export const heapBase: usize = __heap_base;

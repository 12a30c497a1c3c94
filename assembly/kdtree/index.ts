// What the host may call.
export { CURVE_ROWS, PARTS, divide, encode, measureRange, sortPart } from './curve';
export { joinBoxes, splitNode, splitSubtree } from './kdtree';
export { colourLeaves, joinColours, joinWeights, searchForeign, weighLeaves } from './foreign';
export { closeLightest, openLightest, searchLightest } from './lightest';
export { searchTree } from './nearest';
export { countPlaces, putInOrder, sumPlaces } from './order';
// To measure this machine with.
export { tile } from '../neighbors/tile';

export { LEAF } from './kdtree';

/** Where the host's arena begins. */
export const heapBase: usize = __heap_base;

// The door of this room: what the host may call.
export {
  colourLeaves,
  joinBoxes,
  joinColours,
  searchForeign,
  searchTree,
  splitNode,
  splitSubtree,
} from './kdtree';
export { addRows, pack, widest } from './pack';
export { offerForeign, offerNearest, offerTile, refine, scanForeign, scanPairs, scanRows } from './brute';
export { sortKeys } from './keys';
export { tile } from './tile';

/** Where the host's arena begins. */
export const heapBase: usize = __heap_base;

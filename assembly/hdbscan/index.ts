// What the host may call. Every function takes a range and is called range by range, since V8
// leaves a function that is called once with a long loop in its baseline code, half as fast.
/** Where the host may allocate from. */
export const heapBase: usize = __heap_base;
export { countUp, fillF32 } from './memory';
export { numberRoots, renumber, spreadRoots } from './union-find';
export { inspect, normalize } from './rows';
export { balance, coreDistances } from './core-distance';
export { joinCores } from './first-round';
export { joinBest, offerForeign, offerOwn, offerRows } from './boruvka';
export { keepRows, offerKept } from './kept';
// Those that it calls are exported as well, so that the compiler keeps them functions of their own.
export { BALANCE, CORES, INSPECT, JOIN, KEEP, OFFER, OFFER_OWN, doBlock, help, mergeBest } from './pass';
export { countOuter, growPrim, openPrim, sumStarts, writeOuter } from './prim';
export { countUncertain, floors, listUncertain, markUncertain } from './certificate';
export { measure, openWeights, weightOfBest } from './weight';
export { countDigits, readEnds, scatterDigits, startDigits } from './sort';
export { gather, link, linkUp } from './linkage';
export { condense, findHomes } from './condense';

// What the host may call. Kernels that threads share take (chunk, thread, …).
export { assign } from './assign';
export { cosines } from './cosines';
export { pairs } from './pairs';
export { products } from './products';
export { sums } from './sums';
export { unitCentres, unitRows } from './unit';

export { SCRATCH } from './dot';

/** Where the host's arena begins. */
export const heapBase: usize = __heap_base;

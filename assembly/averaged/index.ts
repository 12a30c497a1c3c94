// The functions that the host calls. Those that several threads run at once take (chunk, thread, …).
export { averages, factors } from './average';
export { centre, means, multiply } from './directions';
export { moveRows } from './move';
export { products } from './products';
export { project } from './project';

export { COLUMNS } from './project';

/** Where the host's arena begins. */
export const heapBase: usize = __heap_base;

import type { Collection } from './collection.js';
import { isExact } from './collection.js';

/** Where neighbours are searched, and why. */
export interface SearchPlan {
  from: 'local' | 'server';
  /** Reason to show to the user: one clause. */
  why: string;
  /** Whether the neighbours would be exact. */
  exact: boolean;
}

/** Where the neighbours of `rows` rows should be searched; `memory`: bytes that vectors may take in this process. */
export function planSearch(
  { dimensions, index }: Pick<Collection, 'dimensions' | 'index'>,
  requested: 'auto' | 'server' | 'local',
  { rows, memory, isLite }: { rows: number; memory: number; isLite: boolean },
): SearchPlan {
  const exact = isExact(index);
  const bytes = rows * dimensions * 4;
  const fits = bytes <= memory;
  if (requested !== 'auto') {
    return { from: requested, why: 'as requested', exact: requested === 'local' || exact };
  }
  const here = { from: 'local', exact: true } as const;
  if (isLite) return { ...here, why: 'Milvus Lite reads faster than it searches' };
  const there = { from: 'server', exact } as const;
  if (!fits) return { ...there, why: `the vectors need ${(bytes / 2 ** 30).toFixed(1)} GB of memory here` };
  // Seconds, at the 50e9 operations per second of a matrix product on two cores; an index serves some 300 queries a second.
  const local = (rows * rows * dimensions * 2) / 50e9;
  if (!exact && local > Math.max(120, rows / 300)) {
    return { ...there, why: `its ${index} index is faster than an exact search of ${rows} rows here` };
  }
  return { ...here, why: 'an exact search here is faster' };
}

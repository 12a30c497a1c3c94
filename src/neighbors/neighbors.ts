import { UserError } from '../errors.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { openSearcher } from './open.js';
import type { SearcherOptions } from './searcher.js';

export interface Neighbors extends NeighborGraph {
  /** Name of the program that searched. */
  engine: string;
  /** The device that searched, as options name it; left out where the processor did. */
  device?: string;
  /** Whether every row has its true neighbours. */
  exact: boolean;
  /** Only if not `exact`: the share of true neighbours found, on a sample. */
  recall?: number;
  /** Only if not `exact`: the interval that holds that share for all rows with 95 % confidence. */
  recallInterval?: [low: number, high: number];
}

/** @throws UserError for data that doesn't fit its shape, and for numbers that aren't finite. */
export function checkPoints({ data, rows, cols }: Matrix): void {
  if (!(data instanceof Float32Array))
    throw new UserError('data must be a Float32Array, row after row', { code: 'VECTORS_INVALID' });
  if (data.length !== rows * cols || cols < 1) {
    throw new UserError(`data has ${data.length} numbers: must be rows × cols, ${rows} × ${cols}`, {
      code: 'VECTORS_INVALID',
    });
  }
  const odd = data.findIndex((number) => !Number.isFinite(number));
  if (odd >= 0) {
    throw new UserError(`row ${Math.floor(odd / cols)}, column ${odd % cols}: ${data[odd]} is not finite`, {
      code: 'VECTORS_INVALID',
    });
  }
}

/**
 * The k nearest others of every row: rows × k indices and euclidean distances, sorted by (distance, index).
 * @param k a whole number of at least 1
 * @throws UserError as `checkPoints` does
 */
export async function findNeighbors(
  points: Matrix,
  k: number,
  options: SearcherOptions = {},
): Promise<Neighbors> {
  checkPoints(points);
  const searcher = await openSearcher(points, { neighbors: k, ...options });
  try {
    const graph = await searcher.search(k, options);
    const { engine, device, exact, recall, recallInterval } = searcher;
    return { ...graph, engine, ...(device !== undefined && { device }), exact, recall, recallInterval };
  } finally {
    searcher.close();
  }
}

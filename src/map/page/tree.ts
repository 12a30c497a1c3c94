import { blockId, type Manifest } from '../format.js';
import { readDecimals, readIntegers } from './blocks.js';

/** The condensed tree, by cluster: 0 is the root, and a parent's number is lower than its children's. */
export interface ClusterTree {
  /** Cluster above each cluster; -1 above the root. */
  parent: Int32Array;
  /** Cluster that each row leaves. */
  home: Int32Array;
  /** λ = 1 / distance at which it leaves. */
  level: Float64Array;
}

/** Reads the tree; null where the file has none. */
export async function readTree({ rows, treeLines }: Manifest): Promise<ClusterTree | null> {
  if (treeLines === 0) return null;
  const [above, lambda] = await Promise.all([
    readIntegers(blockId.treeParent),
    readDecimals(blockId.treeLambda),
  ]);
  const clusters = above.map((parent) => parent - rows);
  const parent = new Int32Array(treeLines - rows + 1).fill(-1);
  parent.set(clusters.subarray(rows), 1);
  return { parent, home: clusters.subarray(0, rows), level: lambda.subarray(0, rows) };
}

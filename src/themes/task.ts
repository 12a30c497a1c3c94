import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import type { Groups } from './groups.js';
import { openHierarchy } from './hierarchy.js';
import { UnitRows } from './rows.js';
import { findThemes, type RowsOpened, type Themes } from './themes.js';

/** All that themes are found from, as another thread can be given it. */
export interface ThemesTask extends RowsOpened {
  graph: NeighborGraph;
  /** Fine groups that the hierarchy is built on. */
  leaves: Groups;
  /** Themes at most. */
  most: number;
  /** Theme of each row before others were added; −1 for none. */
  before?: Int32Array;
  threads?: number;
}

/** Builds the hierarchy above fine groups of the rows, and finds themes in it. */
export async function findThemesOf(
  { vectors, further, graph, leaves, most, before, threads }: ThemesTask,
  watch: Watch,
): Promise<Themes> {
  const rows = await UnitRows.open(vectors, vectors.rows * 1000, threads, further);
  try {
    const hierarchy = await openHierarchy(rows, leaves, watch);
    return await findThemes(hierarchy, { vectors, further }, graph, most, { threads, before, ...watch });
  } finally {
    rows.close();
  }
}

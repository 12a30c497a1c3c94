// The rest of a spanning tree from one comparison of all rows that can be ends of an edge lighter than the known ones, in place of a
// comparison in each round of Borůvka's algorithm. docs/architecture.md has the proof.
import type { Certifier } from './certificate.js';
import { type Edges, laterColumns } from './edges.js';
import { Forest } from './forest.js';
import type { TreeJob } from './tree-job.js';

/**
 * Shares of each component's rows that are compared before all are: its lightest edges are mostly those of its densest rows, and with these
 * known, few other pairs are lighter than the path between them.
 */
const SAMPLE_SHARES = [1 / 32, 1 / 32, 1 / 8];
/** A share is skipped where it has more rows than this times the share of all rows: many components of a few rows each gain nothing. */
const MOST_TIMES_SHARE = 2;

/**
 * Completes a tree: replaces the edges from `before` on, a forest of known edges over the components, by the minimum spanning forest of all pairs.
 * @param component per row the component that it is in
 * @param components how many there are
 */
export async function finishBySweep(
  job: TreeJob,
  certificate: Certifier,
  component: Int32Array,
  components: number,
  edges: Edges,
  before: number,
): Promise<void> {
  const { kernel, exact, pace } = job;
  const columns = laterColumns(kernel, edges);
  const from = columns.from.slice(before, edges.count);
  const to = columns.to.slice(before, edges.count);
  const weight = new Float64Array(from.length);
  await pace.chunks(from.length, 1024, (start, end) => {
    for (let edge = start; edge < end; edge++) weight[edge] = exact.weigh(from[edge], to[edge]);
  });
  const forest = new Forest(component, components);
  forest.add(from, to, weight);
  certificate.countScanned(await sweep(job, forest, component, certificate.lowerBounds()));
  const later = laterColumns(kernel, edges);
  later.from.set(forest.from, before);
  later.to.set(forest.to, before);
  for (let edge = 0; edge < forest.weight.length; edge++)
    later.rounded[before + edge] = exact.foundKey(
      forest.from[edge],
      forest.to[edge],
      forest.weight[edge] * job.divisor,
    );
  edges.count = before + forest.weight.length;
}

/**
 * Finds the lightest edges between components, starting from a forest of known edges, which is the minimum spanning forest of all pairs of rows
 * afterwards.
 * @param lowerBounds per row what an edge of it that isn't known weighs at least
 * @returns the rows that were compared with others
 */
async function sweep(
  { scanner, exact, divisor, pace, watch }: TreeJob,
  forest: Forest,
  component: Int32Array,
  lowerBounds: Float64Array,
): Promise<Int32Array> {
  const task = { forest, component, lowerBounds, core: exact.core, alpha: divisor };
  const search = (rows: Int32Array, isLast: boolean) =>
    scanner!.lighterEdges!({ ...task, rows, isLast }, watch);
  for (const share of SAMPLE_SHARES) {
    const open = openRows(forest, lowerBounds);
    const rows = densest(open, component, forest.components, exact.core, share);
    if (rows.length <= open.length * share * MOST_TIMES_SHARE) await search(rows, false);
  }
  const open = openRows(forest, lowerBounds);
  pace.report({ level: 'debug', message: `comparing ${open.length} rows with others to prove the tree` });
  await search(open, true);
  return open;
}

/** Rows whose bound is below the largest height of the forest: both ends of any lighter edge are among them. */
function openRows({ dendrogram }: Forest, lowerBounds: Float64Array): Int32Array {
  const highest = dendrogram.heights.reduce((a, b) => Math.max(a, b), 0);
  const open = new Int32Array(lowerBounds.length);
  let count = 0;
  for (let row = 0; row < open.length; row++) if (lowerBounds[row] < highest) open[count++] = row;
  return open.subarray(0, count);
}

/** Of each component the share of some rows with the smallest core distances, at least one row of those. */
function densest(
  rows: Int32Array,
  component: Int32Array,
  components: number,
  core: Float64Array,
  share: number,
): Int32Array {
  const sizes = new Int32Array(components);
  for (const row of rows) sizes[component[row]]++;
  const wanted = sizes.map((size) => Math.ceil(size * share));
  const byCore = Float64Array.from(rows, (row) => core[row]);
  const order = Int32Array.from(rows, (_, at) => at).sort((a, b) => byCore[a] - byCore[b] || a - b);
  const chosen: number[] = [];
  for (const at of order) if (wanted[component[rows[at]]]-- > 0) chosen.push(rows[at]);
  return Int32Array.from(chosen).sort();
}

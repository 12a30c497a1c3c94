import { UserError } from '../errors.js';
import { openSearcher } from '../neighbors/open.js';
import { chooseScale, scaleBy } from '../neighbors/scale.js';
import type { Searcher } from '../neighbors/searcher.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { cores as coresOfMachine } from '../wasm/thread.js';
import { allPairsTree } from './all-pairs.js';
import { coreDistances, lowerFromOutside, type Outside } from './core-distance.js';
import { moveDown, TreeEdges, weighEdges } from './edges.js';
import { exactCores } from './exact-cores.js';
import { Lists, requireGraph } from './graph.js';
import { insertInvalid } from './invalid-rows.js';
import { type TreeKernel, threadsOf, withKernel } from './kernel.js';
import { cut, outlierScores } from './labels.js';
import { linkAndCondense } from './linkage.js';
import { chooseLength, listLengths } from './list-length.js';
import {
  type GraphOptions,
  type GraphSettings,
  type HdbscanOptions,
  type PointOptions,
  type PointSettings,
  resolveGraphOptions,
  resolvePointOptions,
  type Settings,
  settingsOfFit,
} from './options.js';
import { Pace } from './pace.js';
import { findVertices, finiteRows, gatherRows, requireMatrix, unitRows, type Vertices } from './points.js';
import type { Exactness, Hdbscan } from './result.js';
import { checkedWiden, type Scanner, type Widen, WideningScanner } from './scan.js';
import { settleCores } from './settle-cores.js';
import { type EdgeColumns, sortEdges } from './sort.js';
import { spanningTree } from './spanning-tree.js';
import type { TreeJob } from './tree-job.js';
import { canBePlaced, ListWeights, openWeights, PointWeights, placePoints } from './weights.js';

/**
 * HDBSCAN* (Campello, Moulavi and Sander 2013) of points or of a graph of nearest neighbours. Merges at equal distance
 * are one merge with many parts, so equal rows in any order get equal clusters, probabilities and scores.
 *
 * Of points, with an exact engine, the result is proven to be the one from all pairs of distances: `neighbors` changes the time
 * only. With `approximate`, or an approximate engine by name, nothing is proven: `exactness.approximate` is true then, and
 * `exactness.recall` is estimated.
 *
 * Of a graph, the result is the one of the listed pairs (a pair's distance is the smaller of its two directions), and
 * `exactness.uncertainRows` counts the rows from which an unlisted pair could change it. With `widen` or `scanner` such pairs are
 * looked up, and the result can be proven as well.
 *
 * Memory: O(rows × neighbors) for the lists, which are never copied (but by Prim); O(rows) for everything else: 76 bytes per
 * row in the result, and in WebAssembly about 30 for a graph, 55 for points and 4 more for each of up to 16 columns, 120 at most.
 *
 * @param points `{ data, rows, cols }`, row after row
 * @param options see docs/options.md
 * @returns labels, probabilities, outlier scores and trees; `exactness.certified` is true where the result is proven
 * @throws UserError for an invalid option, length, index or distance, and where an exact search of neighbours is estimated to
 * take more than `maxSearchSeconds`
 * @throws the reason of `options.signal` when aborted
 * @example
 * const fit = await hdbscan({ data, rows, cols }, { minClusterSize: 10 });
 * console.log(fit.clusterCount, fit.labels);
 */
export function hdbscan(points: Matrix, options?: PointOptions): Promise<Hdbscan>;
/**
 * As for points, from their nearest neighbours.
 *
 * @param graph `{ indices, distances, rows, neighbors }`, each list sorted by distance, the row itself left out
 * @param options see docs/options.md; others than for points
 * @returns as for points; without `widen` or `scanner` it is proven for the listed pairs only
 * @throws UserError for an invalid option, length, index or distance
 * @throws the reason of `options.signal` when aborted
 * @example
 * const graph = await neighbors(points, { neighbors: 30 });
 * const fit = await hdbscan(graph, { points, minClusterSize: 10 });
 */
export function hdbscan(graph: NeighborGraph, options?: GraphOptions): Promise<Hdbscan>;
/**
 * For callers that have points or a graph: the options are those that both have.
 *
 * @param input points or a graph, as above
 * @param options see docs/options.md
 * @returns as above
 * @throws as above
 * @example
 * const fit = await hdbscan(pointsOrGraph, { minClusterSize: 10 });
 */
export function hdbscan(input: Matrix | NeighborGraph, options?: HdbscanOptions): Promise<Hdbscan>;
export async function hdbscan(
  input: Matrix | NeighborGraph,
  options: PointOptions & GraphOptions = {},
): Promise<Hdbscan> {
  const watch: Watch = { signal: options.signal, onProgress: options.onProgress };
  if ('data' in input) {
    const decided = resolvePointOptions(options);
    return ofPoints(input, settingsOfFit(decided, decided.metric), decided, watch);
  }
  const decided = resolveGraphOptions(options);
  return ofGraph(input, settingsOfFit(decided, 'euclidean'), decided, watch);
}

/** Listed pairs from which waking other threads takes less time than they save. */
const WORTH_THREADS = 2 ** 20;
/** More would wait for the one that copies lists. */
const MOST_THREADS = 4;

async function ofGraph(
  graph: NeighborGraph,
  settings: Settings,
  options: GraphSettings,
  watch: Watch,
): Promise<Hdbscan> {
  requireGraph(graph);
  const { points, approximate } = options;
  if (points) {
    requireMatrix(points);
    if (points.rows !== graph.rows) {
      throw new UserError(`points must have as many rows as the graph, ${graph.rows}; got ${points.rows}`, {
        code: 'VECTORS_INVALID',
        option: 'points',
      });
    }
  }
  const beyond = approximate ? {} : lookBeyond(graph, options, watch);
  // Distances beyond float32's range are listed as +∞, which gives no order: compare all pairs in float64 instead.
  if (points && beyond.scanner && hasInfinite(graph)) return ofPoints(points, settings, options, watch);
  const source: Source = {
    ...beyond,
    approximate,
    isExact: false,
    vertices: points && { points },
    mst: mstOf(options),
    unit: 1,
  };
  const threads = threadsFor(graph, points, settings, options);
  const fit = await withKernel((kernel) => fitGraph(kernel, graph, settings, watch, source), threads);
  return points ? { ...fit, points } : fit;
}

/** Threads that a tree from a graph is found with. Only where each can weigh edges, see `weighers` in tree-job.ts. */
function threadsFor(
  graph: NeighborGraph,
  points: Matrix | undefined,
  { alpha }: Settings,
  { threads, mst }: Pick<SearchSettings, 'threads' | 'mst'>,
): number {
  const canWeigh = (points ? canBePlaced(points) : alpha === 1) && mst !== 'prim';
  if (!canWeigh || graph.rows * graph.neighbors < WORTH_THREADS) return 1;
  return Math.min(threads ?? coresOfMachine(), MOST_THREADS);
}

/** Whether a listed distance is +∞. */
function hasInfinite({ indices, distances }: NeighborGraph): boolean {
  for (let slot = 0; slot < distances.length; slot++) {
    if (distances[slot] === Number.POSITIVE_INFINITY && indices[slot] >= 0) return true;
  }
  return false;
}

/** The functions that find neighbours and edges beyond a graph's lists, from the options; none without `widen` and `scanner`. */
function lookBeyond(
  graph: NeighborGraph,
  { widen: given, scanner, points }: GraphSettings,
  watch: Watch,
): Pick<Source, 'scanner' | 'widen'> {
  const asked = given ?? (scanner?.widen && ((rows, k) => scanner.widen!(rows, k, watch)));
  const widen = asked && checkedWiden(asked, watch.signal);
  return { widen, scanner: scanner ?? (widen && new WideningScanner(graph, widen, points)) };
}

/** How neighbours of points are searched; left out where a graph came with its points. */
type SearchSettings = Pick<PointSettings, 'mst'> &
  Partial<
    Pick<PointSettings, 'neighbors' | 'engine' | 'approximate' | 'maxSearchSeconds' | 'threads' | 'device'>
  >;

/** Points that a tree is made of. */
interface OpenPoints {
  /** As given, or scaled to unit length. */
  points: Matrix;
  /** The power of two that distances of the vertices are multiplied by. */
  unit: number;
  vertices: Vertices;
  searcher: Searcher;
  /** Lists that were searched before. */
  graph?: NeighborGraph;
}

async function ofPoints(
  input: Matrix,
  settings: Settings,
  options: SearchSettings,
  watch: Watch,
): Promise<Hdbscan> {
  const opened = await openPoints(input, settings, options, watch);
  if (!('searcher' in opened)) return ofAllPairs(opened, settings, watch);
  try {
    return await fitPoints(opened, settings, options, watch);
  } finally {
    opened.searcher.close();
  }
}

/** Opens a search of points; returns them alone where distances don't fit float32. */
async function openPoints(
  input: Matrix,
  { metric, minSamples }: Settings,
  options: SearchSettings,
  watch: Watch,
): Promise<OpenPoints | Matrix> {
  requireMatrix(input);
  watch.signal?.throwIfAborted();
  const points = metric === 'cosine' ? unitRows(input) : input;
  const scale = chooseScale(points);
  if (scale.isTooWide) return points;
  const vertices = await findVertices(
    scale.exponent === 0 ? points : scaleBy(points, scale.exponent),
    scale.areFinite,
    { threads: options.threads, signal: watch.signal },
  );
  const { engine, approximate, maxSearchSeconds, threads, device } = options;
  const search = { engine, approximate, maxSearchSeconds, threads, device };
  const neighbors = clampedLength(
    options.neighbors ?? listLengths(minSamples, vertices.points).usual,
    minSamples,
    vertices,
  );
  const searcher = await openSearcher(vertices.points, { ...search, neighbors, ...watch });
  return { points, unit: 2 ** -scale.exponent, vertices, searcher };
}

/** A list must go beyond the core distance to prove it, and can't be longer than there are others. */
const clampedLength = (wanted: number, minSamples: number, { points }: Vertices): number =>
  Math.min(Math.max(0, points.rows - 1), Math.max(wanted, minSamples + 1));

async function fitPoints(
  opened: OpenPoints,
  settings: Settings,
  options: SearchSettings,
  watch: Watch,
): Promise<Hdbscan> {
  const { points, unit, vertices, searcher } = opened;
  const { minSamples } = settings;
  const wanted =
    options.neighbors ??
    (await chooseLength(searcher, listLengths(minSamples, vertices.points), vertices.points, watch));
  const neighbors = clampedLength(wanted, minSamples, vertices);
  if (!(opened.graph && opened.graph.neighbors >= neighbors)) {
    opened.graph = await searcher.search(neighbors, { ...watch, isForTree: true });
  }
  const { graph } = opened;
  const isExact = searcher.exact;
  const source: Source = {
    scanner: isExact ? searcher : undefined,
    widen: isExact ? (rows, k) => searcher.widen(rows, k, { signal: watch.signal }) : undefined,
    approximate: !isExact,
    isExact,
    vertices,
    mst: mstOf(options),
    unit,
  };
  const fit = await withKernel(
    (kernel) => fitGraph(kernel, graph, settings, watch, source),
    threadsFor(graph, vertices.points, settings, options),
  );
  const result = vertices.validRows ? insertInvalid(fit, vertices.validRows, points.rows) : fit;
  if (!isExact) {
    result.exactness.recall = searcher.recall;
    result.exactness.recallInterval = searcher.recallInterval;
  }
  return { ...result, points };
}

/**
 * Fits of the same points that differ in `minSamples`, the largest first: neighbours are searched once.
 * @internal
 */
export class PointFits {
  private opened?: OpenPoints | Matrix;

  /** @param options as of `hdbscan(points, options)` */
  constructor(
    private readonly points: Matrix,
    private readonly options: PointOptions,
  ) {}

  async fit(minSamples: number): Promise<Hdbscan> {
    const { signal, onProgress } = this.options;
    const decided = resolvePointOptions({ ...this.options, minSamples });
    const settings = settingsOfFit(decided, decided.metric);
    const watch = { signal, onProgress };
    this.opened ??= await openPoints(this.points, settings, decided, watch);
    return 'searcher' in this.opened
      ? fitPoints(this.opened, settings, decided, watch)
      : ofAllPairs(this.opened, settings, watch);
  }

  close(): void {
    if (this.opened && 'searcher' in this.opened) this.opened.searcher.close();
  }
}

/** For points whose distances don't fit float32: every pair is compared in float64. */
async function ofAllPairs(points: Matrix, settings: Settings, watch: Watch): Promise<Hdbscan> {
  const valid = finiteRows(points);
  const finite = gatherRows(points, valid);
  const pace = new Pace(watch);
  const { edges, core } = await allPairsTree(finite, settings.minSamples, settings.alpha, pace);
  const exactness: Exactness = {
    certified: true,
    scannedRows: valid.length,
    rounds: 1,
    approximate: false,
    uncertainRows: 0,
  };
  const fit = await withKernel((kernel) =>
    clusterTree(kernel, edges, { coreDistances: core, exactness }, valid.length, settings, pace),
  );
  return { ...(valid.length < points.rows ? insertInvalid(fit, valid, points.rows) : fit), points };
}

const mstOf = ({ mst }: Pick<PointSettings, 'mst'>) => (mst === 'prim' ? 'prim' : 'boruvka');

interface Source {
  scanner?: Scanner;
  widen?: Widen;
  approximate: boolean;
  /** Lists are of true nearest neighbours, by a searcher of this program. */
  isExact: boolean;
  mst: 'boruvka' | 'prim';
  /** The graph is over these. Left out: over the rows. */
  vertices?: Vertices;
  /** What distances are multiplied by, a power of two, to be those of the input. */
  unit: number;
}

async function fitGraph(
  kernel: TreeKernel,
  graph: NeighborGraph,
  settings: Settings,
  watch: Watch,
  { scanner, widen, approximate, isExact, vertices, mst, unit }: Source,
): Promise<Hdbscan> {
  const { arena } = kernel;
  const pace = new Pace(watch);
  const { minSamples, alpha } = settings;
  const rows = vertices?.vertexOf?.length ?? graph.rows;
  const start = arena.mark();
  const joined = arena.alloc(graph.rows * 4);
  const scratch = arena.mark();
  const counts = vertices?.counts ? arena.put(vertices.counts) : 0;

  const lists = new Lists(kernel, graph, pace);
  const cores = await coreDistances(kernel, lists, minSamples, counts, isExact, vertices !== undefined);
  const { isSymmetric, areMutual, reached }: Outside = isExact
    ? { isSymmetric: true, areMutual: true }
    : await lowerFromOutside(kernel, lists, cores, minSamples, vertices, pace);
  const placed = vertices ? placePoints(kernel, vertices.points) : 0;
  const known = vertices
    ? await exactCores(vertices, lists, kernel, cores, placed, minSamples, reached)
    : undefined;
  const exactCore = known?.exact;
  const { widened, open } = scanner
    ? await settleCores(kernel, lists, cores, exactCore, minSamples, vertices, widen, pace)
    : { widened: new Int32Array(0), open: 0 };
  // Longer lists may have lowered these.
  for (const row of widened) if (known) known.atCore[row] = -1;
  const exact =
    vertices && known
      ? new PointWeights(vertices.points, known.exact, known.atCore, alpha)
      : new ListWeights(lists, arena.f32(cores.core, graph.rows), alpha);
  openWeights(kernel, exact, cores.core, placed);
  const job: TreeJob = {
    kernel,
    lists,
    cores,
    exact,
    weighers: exact.slack === 0 || placed ? threadsOf(kernel) : 1,
    divisor: alpha,
    widened,
    isSymmetric,
    areMutual,
    mst,
    pace,
    watch,
    scanner,
  };
  const { edges, certificate } = await spanningTree(job, joined);
  arena.release(scratch);
  moveDown(kernel, edges);
  const weights = await weighEdges(kernel, edges, exact, pace);
  const take = () => new TreeEdges(kernel, edges, exact.core, weights, vertices);
  const tree = await sortEdges(kernel, Math.max(0, rows - 1), take, pace);
  arena.release(start);
  const coreOfRows = coresOfRows(exact.core, vertices);
  if (unit !== 1) for (const column of [tree.weight, coreOfRows]) multiply(column, unit);

  const uncertainRows = certificate.uncertainRows + open;
  const exactness: Exactness = {
    certified: scanner !== undefined && uncertainRows === 0,
    scannedRows: certificate.scannedRows,
    rounds: certificate.rounds,
    approximate,
    uncertainRows,
  };
  return clusterTree(kernel, tree, { coreDistances: coreOfRows, exactness }, rows, settings, pace);
}

function multiply(column: Float64Array, factor: number): void {
  for (let at = 0; at < column.length; at++) column[at] *= factor;
}

/** Clusters of a spanning tree whose edges are sorted by weight. */
async function clusterTree(
  kernel: TreeKernel,
  tree: EdgeColumns,
  known: Pick<Hdbscan, 'coreDistances' | 'exactness'>,
  rows: number,
  settings: Settings,
  pace: Pace,
): Promise<Hdbscan> {
  const shared = { ...known, minimumSpanningTree: tree, invalidRows: 0, settings };
  if (rows < 2) return { ...emptyTree(rows), ...shared };
  const { linkage, condensed, clusters } = await linkAndCondense(
    kernel,
    tree,
    rows,
    settings.minClusterSize,
    pace,
  );
  return {
    ...cut(condensed, clusters, rows, settings),
    outlierScores: outlierScores(condensed, clusters, rows),
    singleLinkage: linkage,
    condensedTree: condensed,
    clusters,
    ...shared,
  };
}

function coresOfRows(core: Float64Array, { rowOf, vertexOf }: Partial<Vertices> = {}): Float64Array {
  if (!rowOf) return core;
  const ofRows = new Float64Array(vertexOf?.length ?? core.length);
  if (vertexOf) for (let row = 0; row < vertexOf.length; row++) ofRows[row] = core[vertexOf[row]];
  else for (let vertex = 0; vertex < core.length; vertex++) ofRows[rowOf[vertex]] = core[vertex];
  return ofRows;
}

/** No row, or a single one, which is noise. */
function emptyTree(rows: number) {
  const none = () => new Int32Array(0);
  const nothing = () => new Float64Array(0);
  return {
    labels: new Int32Array(rows).fill(-1),
    probabilities: new Float64Array(rows),
    persistence: nothing(),
    clusterCount: 0,
    selectedClusters: none(),
    outlierScores: new Float64Array(rows),
    singleLinkage: { left: none(), right: none(), distance: nothing(), size: none() },
    condensedTree: { parent: none(), child: none(), lambda: nothing(), size: none() },
    clusters: {
      count: 0,
      parent: none(),
      birth: nothing(),
      size: none(),
      stability: nothing(),
      death: nothing(),
    },
  };
}

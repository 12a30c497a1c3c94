import { UserError } from '../errors.js';
import { openSearcher } from '../neighbors/open.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { coreDistances, lowerFromOutside, type Outside } from './core-distance.js';
import { moveDown, TreeEdges, weighEdges } from './edges.js';
import { Lists, requireGraph } from './graph.js';
import { insertInvalid } from './invalid-rows.js';
import { type TreeKernel, withKernel } from './kernel.js';
import { cut, outlierScores } from './labels.js';
import { linkAndCondense } from './linkage.js';
import { type HdbscanOptions, resolve, type Settings } from './options.js';
import { Pace } from './pace.js';
import { findVertices, requireMatrix, unitRows, type Vertices } from './points.js';
import type { Hdbscan } from './result.js';
import { type Scanner, WideningScanner } from './scan.js';
import { sortEdges } from './sort.js';
import { spanningTree } from './spanning-tree.js';
import type { TreeJob } from './tree-job.js';
import { exactCores, ListWeights, PointWeights } from './weights.js';

/**
 * HDBSCAN* (Campello, Moulavi and Sander 2013) of points or of a graph of nearest neighbours. Merges at equal distance
 * are one merge with many parts, so equal rows in any order get equal clusters, probabilities and scores.
 *
 * Of points, the result is the one from all pairs of distances, proven: `neighbors` changes the time only. Of a graph it
 * is the one of the listed pairs (a pair's distance is the smaller of its two directions), and `exactness` says from how
 * many rows an unlisted pair could change it.
 *
 * Memory: O(rows × neighbors) for the lists, which are never copied (but by Prim); O(rows) for everything else: 76 bytes per
 * row in the result, and in WebAssembly about 30 for a graph, 50 for points, 120 at most.
 *
 * @throws UserError for an option, a length, an index or a distance that can't be.
 */
export async function hdbscan(input: Matrix | NeighborGraph, options: HdbscanOptions = {}): Promise<Hdbscan> {
  const settings = resolve(options);
  const watch: Watch = { signal: options.signal, onProgress: options.onProgress };
  return 'data' in input
    ? ofPoints(input, settings, options, watch)
    : ofGraph(input, settings, options, watch);
}

async function ofGraph(
  graph: NeighborGraph,
  settings: Settings,
  options: HdbscanOptions,
  watch: Watch,
): Promise<Hdbscan> {
  requireGraph(graph);
  const { points, approximate = false } = options;
  if (points) {
    requireMatrix(points);
    if (points.rows !== graph.rows) {
      throw new UserError(`points must have as many rows as the graph, ${graph.rows}; got ${points.rows}`);
    }
  }
  const widening = options.widen && new WideningScanner(graph, options.widen);
  const scanner = approximate ? undefined : (options.scanner ?? widening);
  const vertices = points && { points };
  const fit = await withKernel((kernel) =>
    fitGraph(kernel, graph, settings, watch, {
      scanner,
      approximate,
      isExact: false,
      vertices,
      mst: mstOf(options),
    }),
  );
  return points ? { ...fit, points } : fit;
}

/** How many neighbours are listed when nobody says: enough that few rows are uncertain, few enough to be cheap. */
const defaultNeighbors = (minSamples: number, cols: number): number =>
  cols <= 16 ? minSamples + 3 : Math.max(minSamples * 2, minSamples + 16);

async function ofPoints(
  input: Matrix,
  settings: Settings,
  options: HdbscanOptions,
  watch: Watch,
): Promise<Hdbscan> {
  requireMatrix(input);
  watch.signal?.throwIfAborted();
  const points = settings.metric === 'cosine' ? unitRows(input) : input;
  const vertices = findVertices(points);
  const most = Math.max(0, vertices.points.rows - 1);
  const wanted = options.neighbors ?? defaultNeighbors(settings.minSamples, points.cols);
  const neighbors = Math.min(most, Math.max(wanted, settings.minSamples));
  const { engine, threads, device } = options;
  const searcher = await openSearcher(vertices.points, { engine, threads, device, ...watch });
  try {
    const graph = await searcher.search(neighbors, watch);
    const scanner = searcher.exact ? searcher : undefined;
    const fit = await withKernel((kernel) =>
      fitGraph(kernel, graph, settings, watch, {
        scanner,
        approximate: !searcher.exact,
        isExact: searcher.exact,
        vertices,
        mst: mstOf(options),
      }),
    );
    const result = vertices.validRows ? insertInvalid(fit, vertices.validRows, points.rows) : fit;
    if (!searcher.exact) result.exactness.recall = searcher.recall;
    return { ...result, points };
  } finally {
    searcher.close();
  }
}

const mstOf = ({ mst }: HdbscanOptions) => (mst === 'prim' ? 'prim' : 'boruvka');

interface Source {
  scanner?: Scanner;
  approximate: boolean;
  /** Lists are of true nearest neighbours, by a searcher of this program. */
  isExact: boolean;
  mst: 'boruvka' | 'prim';
  /** The graph is over these. Left out: over the rows. */
  vertices?: Vertices;
}

async function fitGraph(
  kernel: TreeKernel,
  graph: NeighborGraph,
  settings: Settings,
  watch: Watch,
  { scanner, approximate, isExact, vertices, mst }: Source,
): Promise<Hdbscan> {
  const { arena } = kernel;
  const pace = new Pace(watch);
  const { minSamples, minClusterSize, alpha } = settings;
  const rows = vertices?.vertexOf?.length ?? graph.rows;
  const start = arena.mark();
  const joined = arena.alloc(graph.rows * 4);
  const scratch = arena.mark();
  const counts = vertices?.counts ? arena.put(vertices.counts) : 0;

  const lists = new Lists(kernel, graph, pace, isExact);
  const cores = await coreDistances(kernel, lists, minSamples, counts);
  const { isSymmetric, reached }: Outside = isExact
    ? { isSymmetric: true }
    : await lowerFromOutside(kernel, lists, cores, minSamples, vertices, pace);
  const exact = vertices
    ? new PointWeights(
        vertices.points,
        await exactCores(vertices, lists, kernel, cores.core, minSamples, reached),
        alpha,
      )
    : new ListWeights(lists, arena.f32(cores.core, graph.rows), alpha);
  if (vertices) kernel.judge = exact;
  const exactCore = vertices ? arena.put(exact.core) : 0;
  const job: TreeJob = { kernel, lists, cores, exactCore, isSymmetric, alpha, mst, pace, watch, scanner };
  const { edges, certificate } = await spanningTree(job, joined);
  arena.release(scratch);
  moveDown(kernel, edges);
  const weights = await weighEdges(kernel, edges, exact, pace);
  const take = () => new TreeEdges(kernel, edges, exact.core, weights, vertices);
  const { from, to, weight } = await sortEdges(kernel, Math.max(0, rows - 1), take, pace);
  arena.release(start);

  const shared = {
    coreDistances: coresOfRows(exact.core, vertices),
    minimumSpanningTree: { from, to, weight },
    exactness: {
      certified: scanner !== undefined && certificate.uncertainRows === 0,
      scannedRows: certificate.scannedRows,
      rounds: certificate.rounds,
      approximate,
      uncertainRows: certificate.uncertainRows,
    },
    invalidRows: 0,
    settings,
  };
  if (rows < 2) return { ...emptyTree(rows), ...shared };
  const { linkage, condensed, clusters } = await linkAndCondense(
    kernel,
    { from, to, weight },
    rows,
    minClusterSize,
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

import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';

/** Where points start. */
export type StartName = 'spectral' | 'pca' | 'random';

/** Named as umap-learn's, in camelCase. */
export interface LayoutOptions extends Watch {
  /** Dimensions of the layout, 1 to 64. Default 2. */
  components?: number;
  /**
   * Neighbours used per row, the row itself not counted: umap-learn's `n_neighbors` counts it, so its 15 is 14 here.
   * At least 1. Default, and at most: those that the graph has.
   */
  neighbors?: number;
  /** How close points may lie, 0 up to `spread`. Default 0.1. */
  minDist?: number;
  /** The scale of the layout, above 0. Default 1. */
  spread?: number;
  /** Rounds of optimisation, 0 or more. Default 500 up to 10,000 rows, 200 beyond. */
  epochs?: number;
  /** First step size, above 0; it falls with the square of what is left of the epochs. Default 1. */
  learningRate?: number;
  /** Random vertices that a row is pushed from for each neighbour it is pulled to, a whole number. Default 5. */
  negativeSampleRate?: number;
  /** Weight of these pushes, 0 or more. Default 1. */
  repulsionStrength?: number;
  /** The same seed gives the same bytes, on any number of threads. A whole number. Default 42. */
  seed?: number;
  /**
   * Start positions: eigenvectors of the graph, principal components of `vectors`, random, or rows × components
   * numbers, which are scaled to 0 … 10 in each dimension. Default `spectral`.
   */
  init?: StartName | Float32Array;
  /** `umap-js` is slow and there to compare with. Default `wasm`. */
  engine?: 'wasm' | 'umap-js';
  /** Threads, 1 or more. Default: the machine's cores, 1 for small inputs and where memory can't be shared. */
  threads?: number;
  /** The rows' vectors: needed by `init: 'pca'`, and where there are islands, used to place these. */
  vectors?: Matrix;
}

/** What the start was in the end, and why. */
export interface Start {
  used: StartName | 'given' | 'none';
  why: string;
}

export interface Layout {
  /** rows × components, row-major. */
  points: Float32Array;
  rows: number;
  components: number;
  /** Neighbours used per row. */
  neighbors: number;
  epochs: number;
  /** The curve 1 / (1 + a·x^2b) that stands for closeness in the layout. */
  a: number;
  b: number;
  init: Start;
  /** Rows that share the point of an identical earlier row. */
  folded: number;
  /** Rows without any neighbour, set on a ring around the others. */
  isolated: number;
  /**
   * Places new rows on the finished layout: their neighbours are rows of the layout (`indices`), nearest first. A
   * row's point depends on its own neighbours and the seed alone. rows × components, row-major.
   */
  transform(newRows: NeighborGraph, watch?: Watch): Promise<Float32Array>;
}

/** Every option decided. */
export interface Settings extends Required<Omit<LayoutOptions, keyof Watch | 'vectors' | 'threads'>>, Watch {
  vectors?: Matrix;
  threads?: number;
}

function numberIn(name: string, value: number, isFine: boolean, rule: string): number {
  if (!isFine || !Number.isFinite(value))
    throw new UserError(`layout: ${name} is ${value}; it must be ${rule}`);
  return value;
}

function wholeNumber(name: string, value: number, least: number, most: number): number {
  const isFine = Number.isInteger(value) && value >= least && value <= most;
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  return numberIn(name, value, isFine, `a whole number, ${range}`);
}

const ANY = Number.MAX_SAFE_INTEGER;

export function checkGraph(graph: NeighborGraph, targets: number): void {
  const { indices, distances, rows, neighbors } = graph;
  wholeNumber('rows', rows, 0, ANY);
  wholeNumber('neighbors of the graph', neighbors, 0, ANY);
  for (const [name, array] of Object.entries({ indices, distances })) {
    if (array.length === rows * neighbors) continue;
    throw new UserError(
      `layout: ${name} holds ${array.length} numbers; ${rows} rows × ${neighbors} neighbors need ${rows * neighbors}`,
    );
  }
  for (let at = 0; at < indices.length; at++) {
    if (indices[at] < targets) continue;
    throw new UserError(
      `layout: row ${Math.floor(at / neighbors)} names neighbour ${indices[at]}; there are ${targets} rows, counted from 0`,
    );
  }
}

export function settingsFor(graph: NeighborGraph, options: LayoutOptions): Settings {
  checkGraph(graph, graph.rows);
  const { rows } = graph;
  const spread = options.spread ?? 1;
  const minDist = options.minDist ?? 0.1;
  const learningRate = options.learningRate ?? 1;
  const repulsionStrength = options.repulsionStrength ?? 1;
  const components = wholeNumber('components', options.components ?? 2, 1, 64);
  const init = options.init ?? 'spectral';
  if (typeof init === 'string' && !['spectral', 'pca', 'random'].includes(init)) {
    throw new UserError(`layout: init is "${init}"; it must be spectral, pca, random or a Float32Array`);
  }
  if (typeof init !== 'string' && init.length !== rows * components) {
    throw new UserError(
      `layout: init holds ${init.length} numbers; ${rows} rows × ${components} components need ${rows * components}`,
    );
  }
  const { vectors } = options;
  if (vectors && vectors.rows !== rows) {
    throw new UserError(
      `layout: vectors has ${vectors.rows} rows, the graph ${rows}; they must be the same rows`,
    );
  }
  if (init === 'pca' && !vectors) {
    throw new UserError('layout: init "pca" needs the rows\' vectors; pass vectors: { data, rows, cols }');
  }
  const engine = options.engine ?? 'wasm';
  if (engine !== 'wasm' && engine !== 'umap-js') {
    throw new UserError(`layout: engine is "${engine}"; it must be wasm or umap-js`);
  }
  return {
    components,
    neighbors: Math.min(
      graph.neighbors,
      wholeNumber('neighbors', options.neighbors ?? Math.max(1, graph.neighbors), 1, ANY),
    ),
    spread: numberIn('spread', spread, spread > 0, 'above 0'),
    minDist: numberIn('minDist', minDist, minDist >= 0 && minDist <= spread, `0 up to spread (${spread})`),
    epochs: wholeNumber('epochs', options.epochs ?? defaultEpochs(rows), 0, 1_000_000),
    learningRate: numberIn('learningRate', learningRate, learningRate > 0, 'above 0'),
    negativeSampleRate: wholeNumber('negativeSampleRate', options.negativeSampleRate ?? 5, 0, 1000),
    repulsionStrength: numberIn('repulsionStrength', repulsionStrength, repulsionStrength >= 0, '0 or more'),
    seed: wholeNumber('seed', options.seed ?? 42, -ANY, ANY),
    init,
    engine,
    threads: options.threads === undefined ? undefined : wholeNumber('threads', options.threads, 1, 1024),
    vectors,
    onProgress: options.onProgress,
    signal: options.signal,
  };
}

function defaultEpochs(rows: number): number {
  return rows <= 10_000 ? 500 : 200;
}

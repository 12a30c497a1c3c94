import * as v from 'valibot';
import { option } from './option.js';
import { above, atLeast, integer, matrixSchema, oneOf, whole } from './schemas.js';
import { threads } from './shared.js';
import { watchOptions } from './watch.js';

const STARTS = ['spectral', 'pca', 'random'] as const;

/** Options of `layout()`, named as umap-learn's, in camelCase. */
export const layoutLibraryOptions = {
  components: option({
    schema: whole(1, 64),
    help: 'dimensions of the layout',
    default: 2,
  }),
  neighbors: option({
    schema: whole(1),
    help: 'neighbours used per row, the row itself not counted, so 14 is what umap-learn calls 15',
    unset: 'all that the graph has',
  }),
  minDist: option({
    schema: atLeast(0),
    help: 'how close points may lie, from 0 up to `spread`',
    default: 0.1,
    rule: (of) =>
      Number(of('minDist')) > Number(of('spread'))
        ? `must be a number from 0 up to \`spread\` (${of('spread')})`
        : undefined,
  }),
  spread: option({
    schema: above(0),
    help: 'scale of the clusters in the layout',
    default: 1,
  }),
  epochs: option({
    schema: whole(0, 1_000_000),
    help: 'rounds of optimisation',
    unset: '500 up to 10,000 rows, 200 beyond',
  }),
  learningRate: option({
    schema: above(0),
    help: 'first step size; it falls with the square of the share of epochs that is left',
    default: 1,
  }),
  negativeSampleRate: option({
    schema: whole(0, 1000),
    help: 'random points that a row is pushed from for each neighbour that it is pulled to',
    default: 5,
  }),
  repulsionStrength: option({
    schema: atLeast(0),
    help: 'weight of these pushes',
    default: 1,
  }),
  seed: option({
    schema: integer,
    help: 'random seed; the same seed gives the same bytes on any number of threads',
    default: 42,
  }),
  init: option({
    schema: v.union(
      [oneOf(...STARTS), v.instance(Float32Array)],
      `must be one of ${STARTS.join(', ')}, or a Float32Array`,
    ),
    help: 'where points start: spectral (eigenvectors of the graph), pca (principal components of the vectors), or random',
    inCode: 'rows × components numbers, which are scaled to 0 … 10 in each dimension',
    default: 'spectral',
    rule: (of) =>
      of('init') === 'pca' && of('vectors') === undefined
        ? "pca needs the rows' vectors; pass vectors: { data, rows, cols }"
        : undefined,
  }),
  engine: option({
    schema: oneOf('wasm', 'umap-js'),
    help: 'program that makes the layout; umap-js is slow and there to compare with',
    default: 'wasm',
  }),
  vectors: option({
    schema: matrixSchema,
    help: "the rows' vectors: needed by `init` pca, and used to place parts of the graph that no neighbour joins",
    unset: 'none',
  }),
  threads,
  ...watchOptions,
};

const { neighbors, minDist, spread, epochs, learningRate } = layoutLibraryOptions;
const { negativeSampleRate, repulsionStrength, seed, init, engine } = layoutLibraryOptions;

/** Options of the map's layout in `cluster()`. */
export const layoutOptions = {
  'layout.neighbors': option({ ...neighbors, default: 80, flag: '--layout-neighbors <k>' }),
  'layout.minDist': option({ ...minDist, flag: '--min-dist <d>' }),
  'layout.spread': option({ ...spread, flag: '--spread <s>' }),
  'layout.epochs': option({ ...epochs, flag: '--epochs <n>' }),
  'layout.learningRate': option({ ...learningRate, flag: '--learning-rate <x>' }),
  'layout.negativeSampleRate': option({ ...negativeSampleRate, flag: '--negative-sample-rate <n>' }),
  'layout.repulsionStrength': option({ ...repulsionStrength, flag: '--repulsion-strength <x>' }),
  'layout.init': option({
    schema: init.schema,
    help: init.help,
    inCode: init.inCode,
    default: init.default,
    flag: '--layout-init <name>',
  }),
  'layout.engine': option({ ...engine, flag: '--layout-engine <name>' }),
  'layout.seed': option({
    schema: seed.schema,
    help: 'random seed of the layout alone',
    fallback: { text: '`seed`', value: (of) => of('seed') },
    flag: '--layout-seed <n>',
  }),
  threads,
};

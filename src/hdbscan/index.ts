export * from '../entry/errors.js';
export type { OnProgress, Progress, Stage, Watch } from '../progress.js';
export type { Matrix, NeighborGraph } from '../shapes.js';
export { exemplars } from './exemplars.js';
export { hdbscan } from './hdbscan.js';
export { type Layer, type LayerOptions, layers } from './layers.js';
export { type Membership, membership } from './membership.js';
export type {
  CutOptions,
  GraphOptions,
  HdbscanOptions,
  PointOptions,
  RecutOptions,
  Settings,
} from './options.js';
export { type Prediction, predict } from './predict.js';
export { recut } from './recut.js';
export type {
  Clusters,
  CondensedTree,
  Cut,
  Exactness,
  Hdbscan,
  MinimumSpanningTree,
  SingleLinkage,
} from './result.js';
export type { Foreign, Scanner, ScanWatch } from './scan.js';
export { type Validity, validity } from './validity.js';

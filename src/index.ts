export { FailureError, UserError } from './errors.js';
export type { OnProgress, Progress, Stage, Watch } from './progress.js';
export type { Matrix, NeighborGraph, Topic } from './shapes.js';

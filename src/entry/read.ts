// `denscape/read`: files and rows to a table, a table to texts.
export type { OnProgress, Progress, Stage, Watch } from '../progress.js';
export {
  type Cell,
  chooseText,
  documents,
  type ReadOptions,
  type ReadReport,
  readTable,
  type Table,
  type TableSource,
} from '../read/index.js';
export * from './errors.js';

export type { StoredRows } from './read.js';
export {
  type OpenOptions,
  openStore,
  Store,
} from './store.js';

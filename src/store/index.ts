export type { StoreOptions } from './options.js';
export type { StoredRows } from './read.js';
export {
  type OpenOptions,
  openStore,
  Store,
} from './store.js';

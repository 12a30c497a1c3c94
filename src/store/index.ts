export type { StoreOptions } from './options.js';
export type { StoredRows } from './read.js';
export {
  openStore,
  Store,
} from './store.js';

export { listCollections } from './list.js';
export { type OpenOptions, openStore } from './open.js';
export type { StoredRows } from './read-collection.js';
export { Store } from './store.js';

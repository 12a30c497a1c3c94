export { readAddress } from './address.js';
export type { Metric, Plan } from './collection.js';
export { checkIds, deriveIds, readShard, type Shard, shardRows } from './ids.js';
export type { StoreOptions } from './options.js';
export type { StoredRows } from './read.js';
export {
  DEFAULT_COLLECTION,
  openStore,
  type SearchPlan,
  Store,
  type StoreDescription,
} from './store.js';
export type { Scalar } from './wire.js';
export type { Rows } from './write.js';
export type { Label } from './write-back.js';

export { type CacheFilter, type CacheInfo, cacheInfo, clearCache } from './cache-info.js';
export { type DoctorOptions, doctor, type Finding } from './doctor.js';
export { embedTexts, openModel } from './model.js';
export type {
  CustomModel,
  CustomVectors,
  Device,
  Dtype,
  EmbeddedModel,
  Embedding,
  EmbedOptions,
  Model,
  Pooling,
  Provider,
} from './options.js';
export { DEVICES, DTYPES, POOLINGS } from './options.js';
export { listModels, type ModelInfo } from './registry.js';

export { cacheInfo, clearCache } from './cache-info.js';
export { doctor, type Finding } from './doctor.js';
export { checkModel, embedTexts, openModel } from './model.js';
export type {
  CustomModel,
  CustomVectors,
  Device,
  Dtype,
  EmbeddedModel,
  Embedding,
  EmbedOptions,
  Model,
} from './options.js';

export { listModels } from './registry.js';

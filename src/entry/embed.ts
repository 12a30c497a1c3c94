// `denscape/embed`: texts to vectors.
import { embedTexts, openModel as openAny } from '../embed/model.js';
import type { Embedding, EmbedOptions, Model } from '../embed/options.js';
import { discreetly } from '../options/discreet.js';
import { embedOptions } from '../options/embed.js';

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
} from '../embed/options.js';
export { listModels, type ModelInfo } from '../embed/registry.js';
export type { OnProgress, Progress, Stage, Watch } from '../progress.js';
export type { Matrix } from '../shapes.js';
export * from './errors.js';

/**
 * Texts to vectors of unit length: equal texts once, known ones from the cache.
 * @param texts Texts, none of them empty.
 * @param options Each is described in docs/options.md.
 * @returns one vector per text, in their order, and what made them.
 * @throws UserError for an option that can't be, FailureError for a model that can't be had or run.
 */
export const embed = (texts: string[], options: EmbedOptions = {}): Promise<Embedding> =>
  discreetly(embedOptions, options, (safe) => embedTexts(texts, safe));

/**
 * A model that stays open until its `close()`, for texts that come in pieces.
 * @throws as `embed`.
 */
export const openModel = (options: EmbedOptions = {}): Promise<Model> =>
  discreetly(embedOptions, options, openAny);

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
export type { Matrix, SparseRows } from '../shapes.js';
export * from './errors.js';

/**
 * Texts to vectors of unit length: equal texts once, known ones from the cache.
 *
 * @param texts none of them empty
 * @param options each is described in docs/options.md
 * @returns one vector per text, in their order, and what made them.
 * @throws UserError for an invalid option
 * @throws FailureError for a model that can't be downloaded, opened or run
 * @example
 * const { vectors } = await embed(['first text', 'second text'], { model: 'minilm' });
 */
export const embed = (texts: string[], options: EmbedOptions = {}): Promise<Embedding> =>
  discreetly(embedOptions, options, (safe) => embedTexts(texts, safe));

/**
 * A model that stays open until its `close()`, for texts that come in pieces.
 *
 * @param options each is described in docs/options.md
 * @returns the open model
 * @throws UserError and FailureError as `embed` does
 * @example
 * const model = await openModel({ model: 'minilm' });
 * const { vectors } = await model.embed(['a text']);
 * await model.close();
 */
export const openModel = (options: EmbedOptions = {}): Promise<Model> =>
  discreetly(embedOptions, options, openAny);

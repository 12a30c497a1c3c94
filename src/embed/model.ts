import { UserError } from '../errors.js';
import { openCustomModel } from './custom-model.js';
import { candidatesFor } from './devices.js';
import { embedderOf, type VectorSource } from './embedder.js';
import { openEndpoint } from './endpoint.js';
import { openOnnxModel } from './onnx-model.js';
import { DTYPES, type Embedding, type EmbedOptions, type Model, POOLINGS } from './options.js';
import { vectorsFolder } from './places.js';

/** Texts to vectors of unit length. Empty texts are the caller's to leave out. */
export async function embedTexts(texts: string[], options: EmbedOptions = {}): Promise<Embedding> {
  const model = await openModel(options);
  try {
    return await model.embed(texts, options);
  } finally {
    await model.close();
  }
}

/** A model that stays open until `close()`; its files are downloaded now, its processes start with the first text. */
export async function openModel(options: EmbedOptions = {}): Promise<Model> {
  checkOptions(options);
  const source = await openSource(options);
  // A function without a name can't be told from another one.
  const hasIdentity = typeof options.model !== 'object' || options.model.id !== undefined;
  const cache = options.cache ?? true;
  const folder =
    cache === false || !hasIdentity ? undefined : vectorsFolder(cache === true ? undefined : cache);
  return embedderOf(source, folder);
}

async function openSource(options: EmbedOptions): Promise<VectorSource> {
  const model = options.model ?? 'bge-m3';
  if (typeof model !== 'string') return openCustomModel(model);
  if (model.startsWith('openai:')) return openEndpoint(model, options);
  return openOnnxModel(model, options);
}

function checkOptions(options: EmbedOptions): void {
  candidatesFor(options.device ?? 'auto', false);
  if (options.dtype !== undefined && !DTYPES.includes(options.dtype)) {
    throw new UserError(`unknown dtype "${options.dtype}"; use ${DTYPES.join(', ')}`);
  }
  if (options.pooling !== undefined && !POOLINGS.includes(options.pooling)) {
    throw new UserError(`unknown pooling "${options.pooling}"; use ${POOLINGS.join(', ')}`);
  }
  for (const name of ['threads', 'batchTokens'] as const) {
    const value = options[name];
    if (value !== undefined && (!Number.isInteger(value) || value < 1)) {
      throw new UserError(`${name} is ${value}; it must be a whole number, 1 or more`);
    }
  }
}

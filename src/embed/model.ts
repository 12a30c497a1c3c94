import { breathe } from '../breathe.js';
import { cacheFolder } from '../cache-folder.js';
import { embedOptions } from '../options/embed.js';
import { resolveOptions } from '../options/resolve.js';
import { watchOptions } from '../options/watch.js';
import type { Watch } from '../progress.js';
import { openCustomModel } from './custom-model.js';
import { embedderOf, type VectorSource } from './embedder.js';
import { checkEndpoint, openEndpoint } from './endpoint.js';
import { checkModelName } from './model-files.js';
import { openLocalModel } from './onnx-model.js';
import type { Embedding, EmbedOptions, EmbedSettings, Model } from './options.js';
import { refuseFile, vectorsFolder } from './places.js';

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
  const settings = resolveOptions({ ...embedOptions, ...watchOptions }, options);
  const source = await openSource(settings, options);
  const { model, cache, long } = settings;
  // Two functions without an id can't be distinguished.
  const hasIdentity = typeof model !== 'object' || model.id !== undefined;
  const folder =
    cache === false || !hasIdentity ? undefined : vectorsFolder(cache === true ? undefined : cache);
  const opened = embedderOf(source, folder, long);
  // Nothing leaves this machine for other models.
  return isEndpoint(model) && settings.redact ? redacted(opened, settings.redact) : opened;
}

const isEndpoint = (model: EmbedSettings['model']): model is string =>
  typeof model === 'string' && model.startsWith('openai:');

/** In place of a text of which a redaction leaves nothing: endpoints refuse blank texts. */
const NOTHING_LEFT = '[redacted]';

/** The model, which is given texts without what must not leave this machine; that is also what its vectors are kept by. */
async function redacted(model: Model, choice: EmbedSettings['redact']): Promise<Model> {
  const { redaction } = await import('../language-model/redact.js');
  const redact = redaction(choice);
  return {
    id: model.id,
    fingerprint: model.fingerprint,
    get dimensions() {
      return model.dimensions;
    },
    about: () => model.about(),
    warm: () => model.warm(),
    isTruncated: (text) => model.isTruncated(text),
    async embed(texts, watch = {}) {
      const sent: string[] = [];
      const pause = breathe(watch.signal);
      for (const text of texts) {
        const safe = await redact(text);
        sent.push(safe.trim() === '' ? NOTHING_LEFT : safe);
        await pause();
      }
      return model.embed(sent, watch);
    },
    close: () => model.close(),
  };
}

/**
 * What is wrong with the options and shows without loading, downloading or writing anything.
 * @throws UserError for a model name that can't be one, an endpoint without its key, and a cache folder that is a file.
 */
export async function checkModel(settings: EmbedSettings): Promise<void> {
  const { model, cache } = settings;
  if (typeof cache === 'string') refuseFile(cache, 'cache');
  else if (cache) refuseFile(cacheFolder(), 'cache');
  if (typeof model !== 'string') return;
  if (isEndpoint(model)) checkEndpoint(model, settings);
  else await checkModelName(model);
}

async function openSource(settings: EmbedSettings, watch: Watch): Promise<VectorSource> {
  const { model } = settings;
  if (typeof model !== 'string') return openCustomModel(model);
  if (isEndpoint(model)) return openEndpoint(model, settings);
  return openLocalModel(model, { ...settings, signal: watch.signal, onProgress: watch.onProgress });
}

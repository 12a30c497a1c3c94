import { basename, dirname } from 'node:path';
import type { Watch } from '../progress.js';
import { chooseRuntimes } from '../runtime/choose.js';
import { describeModel, STATIC_TABLE } from './description.js';
import type { VectorSource } from './embedder.js';
import { bytesOf, openEngine } from './engine.js';
import { combined } from './file-sums.js';
import { takesHalf } from './graphics.js';
import { obtainModel } from './model-files.js';
import type { EmbedSettings } from './options.js';
import { openStaticModel } from './static-model.js';
import { openTokenizer } from './tokenizer.js';

/** A model that runs here, in ONNX Runtime or (a static one) in this process: downloaded if need be, its processes started with the first text. */
export async function openLocalModel(name: string, options: EmbedSettings & Watch): Promise<VectorSource> {
  const runtimes = chooseRuntimes(options.runtime); // before anything is downloaded
  const prefersHalf = options.dtype === 'auto' && (await takesHalf(name, options, runtimes));
  const files = await obtainModel(name, { ...options, prefersHalf });
  if (basename(files.graph) === STATIC_TABLE) return openStaticModel(files, name, options);
  const description = await describeModel(files.folder, name, files.known, options);
  const { pooling, maxTokens, prefix } = description;
  const tokenizer = openTokenizer(
    description.tokenizer,
    description.tokenizerConfig,
    maxTokens,
    `model "${name}": tokenizer.json`,
  );
  const engine = openEngine(
    {
      file: files.graph,
      bytes: await bytesOf(files.deciding.filter((path) => dirname(path) === dirname(files.graph))),
      spec: { pooling, padId: tokenizer.padId },
      isQuantized: files.dtype === 'int8',
      tokenizer: { folder: files.folder, name, maxTokens },
    },
    tokenizer,
    options,
    runtimes,
  );
  // Unknown until the first vector, unless the model is ours: config.json states the width of the tokens, which
  // need not be that of the result.
  let dimensions = files.known?.dimensions;
  return {
    id: files.id,
    fingerprint: combined([...files.sums, pooling, String(maxTokens), prefix]).slice(0, 32),
    dimensions: () => dimensions,
    provider: () => engine.provider(),
    about: () => ({
      id: files.id,
      revision: files.revision,
      dtype: files.dtype,
      dimensions: dimensions ?? 0,
      pooling,
      maxTokens,
    }),
    run: (texts, onBatch, watch) =>
      engine.run(
        prefix === '' ? texts : texts.map(({ row, text }) => ({ row, text: prefix + text })),
        (batch) => {
          dimensions = batch.vectors.length / batch.rows.length;
          return onBatch(batch);
        },
        watch,
      ),
    // A token is at least one character, so short texts need no count.
    isTruncated: (text) =>
      prefix.length + text.length > maxTokens - 2 && tokenizer.encode(prefix + text).isTruncated,
    close: () => engine.close(),
  };
}

import { basename, dirname } from 'node:path';
import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { chooseRuntimes, type Runtimes } from '../runtime/choose.js';
import { describeModel, readConfig, STATIC_TABLE } from './description.js';
import { isGraphics } from './devices.js';
import type { VectorSource } from './embedder.js';
import { bytesOf, openEngine } from './engine.js';
import { combined } from './file-sums.js';
import { takesHalf } from './graphics.js';
import { INT8_VERSION, int8Model } from './int8-model.js';
import { lexicalSource } from './lexical.js';
import { checkModelName, type ModelFiles, obtainModel } from './model-files.js';
import { NotOnnx } from './onnx-file.js';
import { readParts } from './onnx-parts.js';
import type { EmbedSettings, Pooling } from './options.js';
import { isFloat, isOwnVector } from './outputs.js';
import { textSplitter } from './split-text.js';
import { openStaticModel } from './static-model.js';
import { type BoundedTokenizer, openTokenizer } from './tokenizer.js';

/** A model that runs here, in ONNX Runtime or (a static one) in this process: downloaded if need be, its processes started with the first text. */
export async function openLocalModel(name: string, options: EmbedSettings & Watch): Promise<VectorSource> {
  const runtimes = chooseRuntimes(options.runtime); // before anything is downloaded
  // The rebuilt graph ends with the encoder, before the layer of the weights.
  const rebuilds = options.dtype === 'int8' && !options.sparse;
  const opened = rebuilds ? await openInt8(name, options, runtimes) : undefined;
  const prefersHalf = options.dtype === 'auto' && (await takesHalf(name, options, runtimes));
  const files = opened?.files ?? (await obtainModel(name, { ...options, prefersHalf }));
  if (basename(files.graph) === STATIC_TABLE) {
    if (!options.sparse) return openStaticModel(files, name, options);
    throw new UserError(
      `model "${name}" is a table of token vectors, which has no sparse weights; leave out --sparse`,
      {
        code: 'MODEL_INVALID',
        option: 'sparse',
      },
    );
  }
  const lexical = options.sparse ? await lexicalSource(files, name, options.signal) : undefined;
  const { pooling, maxTokens, prefix, tokenizer } = opened ?? (await openParts(files, name, options));
  const rebuilt = opened?.rebuilt;
  const dtype = rebuilt ? 'int8' : files.dtype;
  const engine = openEngine(
    {
      file: rebuilt?.file ?? files.graph,
      bytes:
        rebuilt?.bytes ??
        (await bytesOf(files.deciding.filter((path) => dirname(path) === dirname(files.graph)))),
      spec: {
        pooling,
        padId: tokenizer.padId,
        lexical: lexical && { output: lexical.output, layer: lexical.layer, dropped: tokenizer.wordless },
      },
      isQuantized: dtype === 'int8',
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
    fingerprint: combined([
      ...files.sums,
      pooling,
      String(maxTokens),
      prefix,
      ...(rebuilt ? [INT8_VERSION] : []),
    ]).slice(0, 32),
    lexical: lexical?.id,
    dimensions: () => dimensions,
    provider: () => engine.provider(),
    engineOf,
    threads: () => engine.threads(),
    about: () => ({
      id: files.id,
      revision: files.revision,
      dtype,
      dimensions: dimensions ?? 0,
      pooling,
      maxTokens,
    }),
    warm: () => engine.warm({ signal: options.signal, onProgress: options.onProgress }),
    run: (texts, onBatch, watch) =>
      engine.run(
        prefix === '' ? texts : texts.map(({ row, text }) => ({ row, text: prefix + text })),
        (batch) => {
          dimensions = batch.vectors.length / batch.rows.length;
          return onBatch(batch);
        },
        watch,
      ),
    isTruncated(text) {
      const whole = prefix + text;
      return tokenizer.mayBeTruncated(whole) && tokenizer.encode(whole).isTruncated;
    },
    split: textSplitter(tokenizer, prefix, maxTokens),
    close: () => engine.close(),
  };
}

/** A provider of ONNX Runtime, for people; `native` where an earlier version noted no more. */
function engineOf(provider: string): string {
  if (provider === 'wasm') return 'ONNX Runtime in WebAssembly';
  return provider === 'native' ? 'native ONNX Runtime' : `native ONNX Runtime on ${provider}`;
}

interface Parts {
  pooling: Pooling;
  maxTokens: number;
  prefix: string;
  tokenizer: BoundedTokenizer;
}

/** Whether the graph has the sentence's vector as an output, by its name. */
async function hasOwnVector(graph: string): Promise<boolean> {
  const parts = await readParts(graph).catch((error: unknown) => {
    if (error instanceof NotOnnx) return undefined; // ONNX Runtime says what is wrong with it
    throw error;
  });
  return parts?.outputs.some((output) => isFloat(output) && isOwnVector(output)) ?? false;
}

/** What the files next to the graph say, with the tokenizer opened. */
async function openParts(files: ModelFiles, name: string, options: EmbedSettings): Promise<Parts> {
  const { pooling, maxTokens, prefix, ...json } = await describeModel(files.folder, name, files.known, {
    ...options,
    unstatedPooling: async () => ((await hasOwnVector(files.graph)) ? 'none' : undefined),
  });
  const source = `model "${name}": tokenizer.json`;
  const tokenizer = openTokenizer(json.tokenizer, json.tokenizerConfig, maxTokens, source);
  return { pooling, maxTokens, prefix, tokenizer };
}

/**
 * The model rebuilt in 8-bit integers, from the most exact weights of a folder, or from the int8 file of a hub's model, which is
 * what is downloaded; undefined where the model's own int8 file is to be run, which is said with the reason.
 */
async function openInt8(
  name: string,
  options: EmbedSettings & Watch,
  runtimes: Runtimes,
): Promise<(Parts & { files: ModelFiles; rebuilt: { file: string; bytes: number } }) | undefined> {
  const say = (why: string) =>
    options.onProgress?.({
      stage: 'embed',
      level: 'info',
      message: `int8: the file of the model runs as it is, since ${why}`,
    });
  if (!runtimes.native) {
    say('integers with a scale for each token need the native ONNX Runtime');
    return undefined;
  }
  if ([options.device].flat().some(isGraphics)) {
    say('integers with a scale for each token run on the CPU only');
    return undefined;
  }
  const isFolder = await checkModelName(name);
  let why = '';
  for (const dtype of isFolder ? (['fp32', 'fp16', 'int8'] as const) : (['int8'] as const)) {
    let files: ModelFiles;
    try {
      files = await obtainModel(name, { ...options, dtype });
    } catch (error) {
      if (isFolder && error instanceof UserError) continue; // it has no file of this kind
      throw error;
    }
    if (basename(files.graph) === STATIC_TABLE) return undefined;
    const parts = await openParts(files, name, options);
    const config = (await readConfig(files.folder, name)) ?? {};
    const source = { id: files.id, graph: files.graph, sums: files.sums, config, ...parts };
    const made = await int8Model(source, options);
    if ('file' in made) return { ...parts, files, rebuilt: made };
    why ||= made.why;
  }
  if (why !== '') say(why);
  return undefined;
}

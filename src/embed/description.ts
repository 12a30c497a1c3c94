import { readFile, stat } from 'node:fs/promises';
import * as v from 'valibot';
import { UserError } from '../errors.js';
import { POOLINGS } from '../options/model-kinds.js';
import { fromJson } from '../outside.js';
import { fileInside } from './model-paths.js';
import type { Dtype, Pooling } from './options.js';
import type { ModelInfo } from './registry.js';
import { SPARSE_LAYER } from './sparse-layer.js';

/** The small files that say what a model is; all but the tokenizer may be missing. */
export const DESCRIBING_FILES = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'modules.json',
  '1_Pooling/config.json',
  'sentence_bert_config.json',
  'config_sentence_transformers.json',
];

/** With `sparse` also the layer for lexical weights, which a graph may lack. */
export const describingFiles = ({ sparse }: { sparse?: boolean }): string[] =>
  sparse ? [...DESCRIBING_FILES, SPARSE_LAYER] : DESCRIBING_FILES;

/** All that the engine must know about a model in addition to its graph. */
export interface Description {
  pooling: Pooling;
  maxTokens: number;
  /** Put before every text; mostly empty. */
  prefix: string;
  tokenizer: Record<string, unknown>;
  tokenizerConfig: Record<string, unknown>;
}

export interface DescriptionChoices {
  pooling?: Pooling;
  /** Pooling that the graph itself shows, looked up where no file states one. */
  unstatedPooling?: () => Promise<Pooling | undefined>;
  maxTokens?: number;
  prefix?: string;
}

type Json = Record<string, unknown>;

/** Reads a model's folder. `name` is how the user called it; `known` fills what the files leave unsaid. */
export async function describeModel(
  folder: string,
  name: string,
  known: ModelInfo | undefined,
  choices: DescriptionChoices,
): Promise<Description> {
  const config = (await readConfig(folder, name)) ?? {};
  const { tokenizer, tokenizerConfig } = await readTokenizerFiles(folder, name);
  const sentenceConfig = (await readJson(folder, 'sentence_bert_config.json', name, AnyObject)) ?? {};
  const limit = known?.maxTokens ?? tokenLimit(config, tokenizerConfig, sentenceConfig);
  return {
    pooling: choices.pooling ?? known?.pooling ?? (await readPooling(folder, name, choices)),
    maxTokens: chosenLimit(limit, choices.maxTokens, name),
    prefix: await choosePrefix(folder, name, choices.prefix),
    tokenizer,
    tokenizerConfig,
  };
}

/** Bytes of a tokenizer.json; that of BGE-M3, with 250,002 tokens, has 17 million. */
const MOST_TOKENIZER = 256 << 20;
/** Bytes of each other describing file. */
const MOST_BYTES = 8 << 20;

/** Any object; what is read of it is checked where it is read. */
const AnyObject = v.looseObject({});

/** A describing file as the shape that `schema` states; undefined where there is none. */
async function readJson<T>(
  folder: string,
  file: string,
  name: string,
  schema: v.GenericSchema<unknown, T>,
): Promise<T | undefined> {
  const path = await fileInside(folder, file, name);
  if (path === undefined) return undefined;
  const most = file === 'tokenizer.json' ? MOST_TOKENIZER : MOST_BYTES;
  const { size } = await stat(path);
  if (size > most) {
    throw new UserError(
      `model "${name}": ${file} has ${size.toLocaleString('en-US')} bytes; at most ${most.toLocaleString('en-US')} are read`,
      { code: 'MODEL_INVALID' },
    );
  }
  return fromJson(
    await readFile(path, 'utf8'),
    schema,
    `model "${name}": ${file}`,
    (message) => new UserError(message, { code: 'MODEL_INVALID', option: 'model', file: path }),
  );
}

/** config.json; undefined where there is none. */
export const readConfig = (folder: string, name: string): Promise<Json | undefined> =>
  readJson(folder, 'config.json', name, AnyObject);

/** tokenizer.json, and tokenizer_config.json where there is one. */
export async function readTokenizerFiles(
  folder: string,
  name: string,
): Promise<Pick<Description, 'tokenizer' | 'tokenizerConfig'>> {
  const tokenizer = await readTokenizer(folder, name);
  const tokenizerConfig = (await readJson(folder, 'tokenizer_config.json', name, AnyObject)) ?? {};
  return { tokenizer, tokenizerConfig };
}

export async function readTokenizer(folder: string, name: string): Promise<Json> {
  const tokenizer = await readJson(folder, 'tokenizer.json', name, AnyObject);
  if (tokenizer) return tokenizer;
  throw new UserError(
    `model "${name}" has no tokenizer.json; denscape needs the "fast" tokenizer (transformers: tokenizer.save_pretrained)`,
    { code: 'MODEL_INVALID' },
  );
}

const isLimit = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 2 && value < 1e6;

/** The smallest limit that the files state; 512 where none does. */
function tokenLimit(config: Json, tokenizerConfig: Json, sentenceConfig: Json): number {
  const positions = config.max_position_embeddings;
  // RoBERTa's positions start after the padding id, so two of them are never used.
  const isOffset = ['roberta', 'xlm-roberta', 'camembert', 'mpnet'].includes(String(config.model_type));
  const stated = [
    isLimit(positions) ? positions - (isOffset ? 2 : 0) : undefined,
    tokenizerConfig.model_max_length,
    sentenceConfig.max_seq_length,
  ].filter(isLimit);
  return stated.length > 0 ? Math.min(...stated) : 512;
}

export function chosenLimit(limit: number, chosen: number | undefined, name: string): number {
  if (chosen === undefined) return limit;
  if (!Number.isInteger(chosen) || chosen < 3 || chosen > limit) {
    throw new UserError(`maxTokens is ${chosen}; model "${name}" takes a whole number from 3 to ${limit}`, {
      code: 'OPTION_INVALID',
      option: 'maxTokens',
    });
  }
  return chosen;
}

/** sentence-transformers' pooling modes, by the flag that turns each on. */
const POOLING_FLAGS: Record<string, Pooling> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_max_tokens: 'max',
  pooling_mode_lasttoken: 'last',
};

const Modules = v.array(v.object({ type: v.optional(v.string()) }));
const Prompts = v.object({
  prompts: v.nullish(v.record(v.string(), v.string())),
  default_prompt_name: v.nullish(v.string()),
});

async function readPooling(
  folder: string,
  name: string,
  { unstatedPooling }: DescriptionChoices,
): Promise<Pooling> {
  const modules = (await readJson(folder, 'modules.json', name, Modules)) ?? [];
  const beyond = modules.find(({ type }) => type && !/\.(Transformer|Pooling|Normalize)$/.test(type));
  if (beyond) {
    throw new UserError(
      `model "${name}" has a "${beyond.type}" module after its tokens, which its ONNX file does not hold; pass pooling "none" if the graph returns sentence_embedding itself`,
      { code: 'MODEL_INVALID' },
    );
  }
  const pooling = await readJson(folder, '1_Pooling/config.json', name, AnyObject);
  if (!pooling) {
    const shown = await unstatedPooling?.();
    if (shown) return shown;
    throw new UserError(
      `model "${name}" has no 1_Pooling/config.json, so how its tokens become one vector is unknown; say --pooling ${POOLINGS.join(' | ')}`,
      { code: 'MODEL_INVALID' },
    );
  }
  const modern = pooling.pooling_mode;
  const on = Object.keys(pooling).filter((key) => key.startsWith('pooling_mode_') && pooling[key] === true);
  const modes = typeof modern === 'string' ? [modern] : on.map((flag) => POOLING_FLAGS[flag] ?? flag);
  const mode = modes[0] === 'lasttoken' ? 'last' : modes[0];
  if (modes.length !== 1 || !POOLINGS.includes(mode as Pooling)) {
    throw new UserError(
      `model "${name}" pools by ${modes.join(' and ') || 'nothing'} (1_Pooling/config.json); denscape pools by ${POOLINGS.join(', ')}`,
      { code: 'MODEL_INVALID' },
    );
  }
  return mode as Pooling;
}

/** The words before every text: a prompt by its name, literal words, or the model's default. */
async function choosePrefix(folder: string, name: string, wanted: string | undefined): Promise<string> {
  const config = await readJson(folder, 'config_sentence_transformers.json', name, Prompts);
  const prompts = new Map(Object.entries(config?.prompts ?? {}));
  if (wanted !== undefined) return prompts.get(wanted) ?? wanted;
  return prompts.get(config?.default_prompt_name ?? 'clustering') ?? '';
}

/** Where a graph of this dtype may lie, most likely first. */
function graphPaths(dtype: Exclude<Dtype, 'auto'>): string[] {
  const names = {
    fp32: ['model.onnx'],
    fp16: ['model_fp16.onnx'],
    int8: ['model_int8.onnx', 'model_quantized.onnx'],
  }[dtype];
  return ['onnx/', ''].flatMap((folder) => names.map((file) => folder + file));
}

/** A static model's table; see `static-model.ts`. */
export const STATIC_TABLE = 'model.safetensors';

/**
 * The graph to use among `files` (paths relative to the model's root); of a static model, its table. `config` is the
 * content of config.json, where it is known. `prefersHalf`: `auto` takes float16, for a graphics card.
 */
export function chooseGraph(
  files: Set<string>,
  wanted: Dtype,
  name: string,
  known: ModelInfo | undefined,
  config?: Json,
  prefersHalf = false,
): { path: string; dtype: Exclude<Dtype, 'auto'> } {
  if (files.has(STATIC_TABLE) && files.has('tokenizer.json') && isStatic(files, known, config)) {
    return { path: STATIC_TABLE, dtype: 'fp32' };
  }
  const order: Exclude<Dtype, 'auto'>[] =
    wanted === 'auto'
      ? [
          ...new Set([
            ...(prefersHalf ? (['fp16'] as const) : []),
            ...(known ? [known.dtype] : []),
            ...(['fp32', 'fp16', 'int8'] as const),
          ]),
        ]
      : [wanted];
  for (const dtype of order) {
    const path = graphPaths(dtype).find((candidate) => files.has(candidate));
    if (path) return { path, dtype };
  }
  const graphs = [...files].filter((file) => file.endsWith('.onnx'));
  if (graphs.length === 0) {
    throw new UserError(
      `model "${name}" has no ONNX file; export it (optimum-cli export onnx --model ${name} FOLDER) and pass the folder, or use a hub id that has an onnx folder`,
      { code: 'MODEL_INVALID' },
    );
  }
  throw new UserError(
    `model "${name}" has no ${wanted === 'auto' ? 'fp32, fp16 or int8' : wanted} file (looked for ${order.flatMap(graphPaths).join(', ')}); it has ${graphs.join(', ')}`,
    { code: 'MODEL_INVALID', option: 'dtype' },
  );
}

/** model2vec says so in newer files; older ones have a config.json without a type, and no graph. */
function isStatic(files: Set<string>, known: ModelInfo | undefined, config: Json | undefined): boolean {
  if (known) return known.isStatic === true;
  const { model_type: type, architectures } = config ?? {};
  if (type === 'model2vec' || (Array.isArray(architectures) && architectures.includes('StaticModel')))
    return true;
  return config !== undefined && type === undefined && ![...files].some((file) => file.endsWith('.onnx'));
}

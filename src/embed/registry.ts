import type { Dtype, Pooling } from '../options/model-kinds.js';

/** A model that `denscape models` lists: everything that its files may leave unsaid. */
export interface ModelInfo {
  /** What the option `model` takes. */
  name: string;
  /** Where its ONNX files are, on the hub. */
  hub: string;
  /** Numbers per vector. */
  dimensions: number;
  /** Longer texts lose their end. */
  maxTokens: number;
  /** How token vectors become one. */
  pooling: Pooling;
  /** Those that there are files of. */
  dtypes: Exclude<Dtype, 'auto'>[];
  /** What `dtype: 'auto'` takes. */
  dtype: Exclude<Dtype, 'auto'>;
  /** Download of the default dtype, rounded, in bytes. */
  bytes: number;
  /** Of the weights. */
  licence: string;
  /** In words. */
  languages: string;
  /** One line. */
  description: string;
  /** A table of token vectors and no graph; see `static-model.ts`. */
  isStatic?: true;
}

const MODELS: readonly ModelInfo[] = [
  {
    name: 'bge-m3',
    hub: 'Xenova/bge-m3',
    dimensions: 1024,
    maxTokens: 8192,
    pooling: 'cls',
    dtypes: ['fp32', 'fp16', 'int8'],
    dtype: 'fp32',
    bytes: 2_290_000_000,
    licence: 'MIT',
    languages: 'more than 100',
    description: 'BGE-M3, dense vectors: the default, and the best here for long or mixed-language texts',
  },
  {
    name: 'minilm',
    hub: 'Xenova/all-MiniLM-L6-v2',
    dimensions: 384,
    // all-MiniLM-L6-v2 was trained on 128 tokens and is published with 256; its position table has 512.
    maxTokens: 256,
    pooling: 'mean',
    dtypes: ['fp32', 'fp16', 'int8'],
    dtype: 'int8',
    bytes: 23_700_000,
    licence: 'Apache-2.0',
    languages: 'English',
    description: 'all-MiniLM-L6-v2: small and fast, for demos and English headlines',
  },
  {
    name: 'potion',
    hub: 'minishlab/potion-base-8M',
    dimensions: 256,
    maxTokens: 512,
    pooling: 'mean',
    dtypes: ['fp32'],
    dtype: 'fp32',
    bytes: 30_900_000,
    licence: 'MIT',
    languages: 'English',
    description: 'static token vectors: thousands of texts a second on one core, for drafts of English texts',
    isStatic: true,
  },
];

/**
 * The models known by a short name.
 *
 * @returns the default one first
 * @example
 * for (const { name, dimensions, languages } of listModels()) console.log(name, dimensions, languages);
 */
export function listModels(): ModelInfo[] {
  return MODELS.map((model) => ({ ...model, dtypes: [...model.dtypes] }));
}

/** The registry's entry of a short name, or of the hub id behind it. */
export function knownModel(nameOrHub: string): ModelInfo | undefined {
  return MODELS.find(({ name, hub }) => name === nameOrHub || hub === nameOrHub);
}

import type { Device, Dtype, embedOptions, Pooling } from '../options/embed.js';
import type { OptionsOf, SettingsOf } from '../options/option.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';

export type { CustomModel, CustomVectors, Device, Dtype, Pooling } from '../options/embed.js';

/**
 * What runs a graph, as it is named in a result: a provider of the native ONNX Runtime, or `wasm`, which is ONNX Runtime
 * as WebAssembly on the CPU.
 */
export type Provider = Exclude<Device, 'auto'> | 'wasm';

/** Which model, where its files come from, and how the work runs; each option is described in docs/options.md. */
export type EmbedOptions = OptionsOf<typeof embedOptions> & Watch;

/** The same, every option decided. */
export type EmbedSettings = SettingsOf<typeof embedOptions>;

export interface EmbeddedModel {
  /** What was asked for, in full: a hub id, a folder, `openai:NAME`. */
  id: string;
  /** Commit of the hub, version of the package, or the first digits of the files' checksum. */
  revision: string;
  dtype: Exclude<Dtype, 'auto'> | 'remote' | 'custom';
  dimensions: number;
  pooling: Pooling;
  /** 0 where the limit is not ours to know. */
  maxTokens: number;
}

export interface Embedding {
  /** One row of unit length a text, in the order of the texts. */
  vectors: Matrix;
  model: EmbeddedModel;
  /** What really ran: `cpu`, `wasm`, `webgpu`, …; `none` where every vector was cached; `remote`, `custom`. */
  provider: string;
  /** Texts whose vector came from the cache, equal texts counted once. */
  cached: number;
  /** Texts embedded now, equal texts counted once. */
  computed: number;
  /** Texts (each row counted) that were longer than `maxTokens` and lost their end. */
  truncated: number;
  /** Texts computed a second, the start of the processes included; 0 where none was. */
  rowsPerSecond: number;
}

/** A model that stays open, for callers that embed in pieces. */
export interface Model {
  id: string;
  /** Changes whenever a vector could: files, dtype, pooling, prefix, tokens. Equal on every machine. */
  fingerprint: string;
  /** undefined until the first text was embedded where only a result shows it (an endpoint, a function of the caller). */
  dimensions: number | undefined;
  embed(texts: string[], watch?: Watch): Promise<Embedding>;
  /** What it is; known without embedding, but for the dimensions (0) where only a vector shows them. */
  about(): EmbeddedModel;
  /** Whether a text is longer than the model reads, where that can be known without embedding. */
  isTruncated(text: string): boolean;
  /** Ends its processes. Safe twice. */
  close(): Promise<void>;
}

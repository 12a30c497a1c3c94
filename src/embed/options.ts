import type { Dtype, embedOptions, PlainDevice, Pooling } from '../options/embed.js';
import type { OptionsOf, SettingsOf } from '../options/option.js';
import type { Watch } from '../progress.js';
import type { Matrix, SparseRows } from '../shapes.js';

export type { CustomModel, CustomVectors, Device, Dtype, Long, Pooling } from '../options/embed.js';

/**
 * What runs a graph, as it is named in a result: a provider of the native ONNX Runtime, or `wasm`, which is ONNX Runtime
 * as WebAssembly on the CPU.
 */
export type Provider = Exclude<PlainDevice, 'auto'> | 'wasm';

/** Which model, where its files come from, and how the work runs; each option is described in docs/options.md. */
export type EmbedOptions = OptionsOf<typeof embedOptions> & Watch;

/** The same, every option decided. */
export type EmbedSettings = SettingsOf<typeof embedOptions>;

/** What made vectors. */
export interface EmbeddedModel {
  /** The model's full name: a hub id, a folder, `openai:NAME`. */
  id: string;
  /** Commit of the hub, version of the package, or the first digits of the files' checksum. */
  revision: string;
  /** Of its weights; `remote` for a service, `custom` for a function of the caller. */
  dtype: Exclude<Dtype, 'auto'> | 'remote' | 'custom';
  /** Numbers per vector. */
  dimensions: number;
  /** How token vectors become one. */
  pooling: Pooling;
  /** 0 where the limit is not ours to know. */
  maxTokens: number;
}

/** The vectors of some texts. */
export interface Embedding {
  /** One row of unit length a text, in the order of the texts. */
  vectors: Matrix;
  /** With `sparse`: lexical weights of each text, by token id. */
  lexical?: SparseRows;
  /** What made them. */
  model: EmbeddedModel;
  /** What really ran: `cpu`, `wasm`, `webgpu`, …; `none` where every vector was cached; `remote`, `custom`. */
  provider: string;
  /** What made all of the vectors, those from the cache as well: `native ONNX Runtime on cpu`, `ONNX Runtime in WebAssembly`, … */
  engines: string[];
  /** Threads that computed, of all processes together; undefined where none did, or where that isn't known here. */
  threads?: number;
  /** Texts whose vector came from the cache, equal texts counted once, and of a text in pieces each piece. */
  cached: number;
  /** Texts embedded now, counted alike. */
  computed: number;
  /** Texts (each row counted) that were longer than `maxTokens` and lost their end. */
  truncated: number;
  /** Texts (each row counted) that were longer than `maxTokens` and have the mean of their pieces: with `long: 'mean'`. */
  averaged: number;
  /** Texts computed a second, the start of the processes included; 0 where none was. */
  rowsPerSecond: number;
}

/** A model that stays open, for callers that embed in pieces. */
export interface Model {
  /** The model's full name: a hub id, a folder, `openai:NAME`. */
  id: string;
  /** Changes whenever a vector could: files, dtype, pooling, prefix, tokens, what is done with long texts. Equal on every machine. */
  fingerprint: string;
  /** undefined until the first text was embedded where only a result shows it (an endpoint, a function of the caller). */
  dimensions: number | undefined;
  /**
   * Texts to vectors of unit length: equal texts once, known ones from the cache.
   *
   * @param texts none of them empty
   * @param watch `signal` and `onProgress` of this call
   * @returns one vector per text, in their order
   * @throws FailureError for a text without a usable vector, and where the model can't be run
   */
  embed(texts: string[], watch?: Watch): Promise<Embedding>;
  /**
   * What it is, known without embedding.
   *
   * @returns its description, with 0 dimensions where only a vector shows them
   */
  about(): EmbeddedModel;
  /**
   * Whether a text is longer than the model reads.
   *
   * @param text any text
   * @returns false also where that can't be known without embedding
   */
  isTruncated(text: string): boolean;
  /**
   * Starts to open the graphics cards that `device` names, which takes a second or two, while the caller does other work.
   * Without it the first text does, and so it is on a processor. A failure is thrown by `embed`.
   */
  warm(): void;
  /**
   * Ends its processes. A second call does nothing.
   *
   * @returns when they have ended
   */
  close(): Promise<void>;
}

import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';

/** Where inference runs. `auto` takes the fastest provider that really loads here. */
export type Device = 'auto' | 'cpu' | 'cuda' | 'webgpu' | 'dml' | 'coreml';
export const DEVICES: readonly Device[] = ['auto', 'cpu', 'cuda', 'webgpu', 'dml', 'coreml'];

/** A provider of ONNX Runtime, as it is named in a result. */
export type Provider = Exclude<Device, 'auto'>;

/** Which of a model's files is used. `auto`: the registry's choice, else fp32, fp16, int8, the first that exists. */
export type Dtype = 'auto' | 'fp32' | 'fp16' | 'int8';
export const DTYPES: readonly Dtype[] = ['auto', 'fp32', 'fp16', 'int8'];

/** How token vectors become one vector. `none`: the graph itself answers one vector a text. */
export type Pooling = 'cls' | 'mean' | 'max' | 'last' | 'none';
export const POOLINGS: readonly Pooling[] = ['cls', 'mean', 'max', 'last', 'none'];

/** A model of the caller's own: any length, any dimension, the same for every text. */
export interface CustomModel {
  /** Names it for the vector cache; without an id its vectors are not cached. */
  id?: string;
  embed(texts: string[], watch?: Watch): Promise<CustomVectors> | CustomVectors;
}
export type CustomVectors = number[][] | Float32Array[] | Matrix;

/** Which model, and where its files come from. */
export interface ModelOptions {
  /**
   * `bge-m3`, `minilm`, a hub id (`org/name`, `org/name@revision`), a local folder, `openai:NAME`, or an object
   * with `embed(texts)`. Default `bge-m3`.
   */
  model?: string | CustomModel;
  /** Default `auto`. */
  dtype?: Dtype;
  /** Never touch the network: files come from the cache folder, or it is an error. Default false. */
  offline?: boolean;
  /** Download without asking, whatever the size. Default false. */
  yes?: boolean;
  /**
   * Asked before a download over 200 MB. Without it and without `yes` the download is refused, since there is
   * nobody to ask.
   */
  confirm?: (question: string) => Promise<boolean>;
  /** Vector cache: true for the platform's folder, a folder, or false for none. Default true. */
  cache?: boolean | string;
  /** Root of an OpenAI-compatible endpoint. Default `https://api.openai.com/v1`. */
  baseUrl?: string;
  /** Key of the endpoint. Default: the environment's OPENAI_API_KEY. */
  apiKey?: string;
  /** The most tokens of a text that are read, 3 or more. Default: the model's own limit, which is also the most. */
  maxTokens?: number;
  /**
   * Put before every text: one of the model's own prompt names (`query`, `passage`, …) or the words themselves.
   * Default: the model's default prompt; BGE-M3 and MiniLM have none.
   */
  prefix?: string;
  /** How token vectors become one. Default: what the model's files say; it must be given where they don't. */
  pooling?: Pooling;
}

/** How the work runs. */
export interface RunOptions {
  /** One device, or several in order of preference. Default `auto`. */
  device?: Device | Device[];
  /** CPU threads in all, 1 or more. Default: the machine's cores. */
  threads?: number;
  /** The most padded tokens in a batch. Default: found while working; 256 to 4,096 on a CPU. */
  batchTokens?: number;
}

export interface EmbedOptions extends ModelOptions, RunOptions, Watch {}

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
  /** What really ran: `cpu`, `webgpu`, …; `none` where every vector was cached; `remote`, `custom`. */
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
  /** undefined until the first text where only the answer tells (an endpoint, a function of the caller). */
  dimensions: number | undefined;
  embed(texts: string[], watch?: Watch): Promise<Embedding>;
  /** Ends its processes. Safe twice. */
  close(): Promise<void>;
}

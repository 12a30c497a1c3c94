import * as v from 'valibot';
import { listModels } from '../embed/registry.js';
import { OPENAI_ADDRESS } from '../keys.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import type { NumberedDevice } from './model-kinds.js';
import { DEVICES, DTYPES, LONGS, POOLINGS } from './model-kinds.js';
import { namingOptions } from './naming.js';
import { option } from './option.js';
import { above, callback, flag, oneOf, someOf, text, webAddress, whole } from './schemas.js';
import { threads } from './shared.js';

export type { Device, Dtype, Long, PlainDevice, Pooling } from './model-kinds.js';

/** A vector for each text, all of one length. */
export type CustomVectors = number[][] | Float32Array[] | Matrix;

/** A model of the caller's own: any length, any dimension, the same for every text. */
export interface CustomModel {
  /** Names it for the vector cache; without an id its vectors are not cached. */
  id?: string;
  /**
   * Texts to vectors.
   *
   * @param texts a part of all texts, none of them empty
   * @param watch `signal` ends the run, `onProgress` takes reports
   * @returns a vector for each, in their order; they need not have unit length
   */
  embed(texts: string[], watch?: Watch): Promise<CustomVectors> | CustomVectors;
}

const device = v.union([
  oneOf(...DEVICES),
  v.custom<NumberedDevice>((value) => typeof value === 'string' && /^(cuda|dml):\d{1,3}$/.test(value)),
]);

/** Whether the tokens that a model reads are counted here. */
const isCounted = (model: unknown): boolean => typeof model === 'string' && !model.startsWith('openai:');

export const embedOptions = {
  model: option({
    schema: v.union(
      [text, v.custom<CustomModel>((value) => typeof (value as CustomModel | null)?.embed === 'function')],
      'must be a name, a folder, or an object with embed(texts)',
    ),
    help: 'embedding model: bge-m3, minilm, potion, a folder, a hub id (org/name) or openai:NAME',
    inCode: 'an object with `embed(texts)`',
    default: 'bge-m3',
    flag: '--model <name>',
    foundConfig: (value) => listModels().some(({ name }) => name === value),
    reported: false, // the model that was used is reported with its revision
  }),
  device: option({
    schema: someOf(device, `must be one or several of ${DEVICES.join(', ')}`),
    help: 'where the model runs, and neighbours are searched where that is faster: auto, cpu, cuda, webgpu, dml or coreml, or several in order of preference; cuda:1 is a certain card, cuda:0,cuda:1 both at once',
    default: 'auto',
    flag: '--device <names>',
    reported: false,
  }),
  runtime: option({
    schema: oneOf('auto', 'native', 'wasm'),
    help: 'which ONNX Runtime runs the model: native, wasm (WebAssembly, on the CPU), or auto, which takes the native one where it is installed',
    default: 'auto',
    flag: '--runtime <name>',
    rule: (of) =>
      of('runtime') === 'wasm' && [of('device')].flat().some((one) => one !== 'auto' && one !== 'cpu')
        ? "can't be wasm with a `device` other than auto and cpu"
        : undefined,
    reported: false, // what really ran is reported
  }),
  dtype: option({
    schema: oneOf(...DTYPES),
    help: 'number format of the model weights; auto takes fp16 on a graphics card, else the usual one of the model; int8 rebuilds encoders of the BERT kind with 8-bit products',
    default: 'auto',
    flag: '--dtype <type>',
    reported: false, // part of the model that is reported
  }),
  pooling: option({
    schema: oneOf(...POOLINGS),
    help: 'how the vectors of the tokens become one vector',
    unset: 'as the files of the model state',
    flag: '--pooling <name>',
  }),
  prefix: option({
    schema: v.string('must be a text'),
    help: 'words put before every text, or the name of a prompt of the model, such as query',
    unset: 'the default prompt of the model',
    flag: '--prefix <words>',
  }),
  maxTokens: option({
    schema: whole(3),
    help: 'largest number of tokens of a text that are read',
    unset: 'the limit of the model',
    flag: '--max-tokens <n>',
  }),
  long: option({
    schema: oneOf(...LONGS),
    help: 'what is done with texts longer than the model reads: cut leaves out their end, mean splits them at ends of sentences and takes the mean of the pieces, weighted by tokens',
    default: 'cut',
    flag: '--long <how>',
    rule: (of) =>
      of('long') === 'mean' && !isCounted(of('model'))
        ? "can't be mean with an openai: model or a function, of which it isn't known how many tokens they read"
        : undefined,
  }),
  sparse: option({
    schema: flag,
    help: 'also make a weight for each token of a text, as BGE-M3 does, and store them in the collection next to its vector; for a model whose files have the layer for them',
    default: false,
    flag: '--sparse',
    rule: (of) =>
      of('sparse') && !isCounted(of('model'))
        ? "can't be used with an openai: model or a function, which give vectors alone"
        : undefined,
    reported: false,
  }),
  batchTokens: option({
    schema: whole(1),
    help: 'largest number of tokens in a batch, padding included',
    unset: 'found by trying sizes while it works',
    flag: '--batch-tokens <n>',
    reported: false,
  }),
  baseUrl: option({
    schema: webAddress,
    help: 'address of the OpenAI-compatible endpoint of an openai: model',
    unset: `the environment variable DENSCAPE_BASE_URL, else OPENAI_BASE_URL, else ${OPENAI_ADDRESS}`,
    flag: '--base-url <url>',
    address: true,
    foundConfig: false,
    reported: false,
  }),
  apiKey: option({
    schema: v.string('must be a text'),
    help: 'API key for `baseUrl`; on the command line @FILE reads it from a file',
    unset:
      'the environment variable DENSCAPE_API_KEY for DENSCAPE_BASE_URL; OPENAI_API_KEY for OpenAI itself',
    flag: '--api-key <key>',
    foundConfig: false,
    secret: true,
    reported: false,
  }),
  endpointRequests: option({
    schema: whole(1, 1024),
    help: 'requests to an openai: endpoint at a time; about twice the graphics cards behind it keep them busy',
    default: 4,
    flag: '--endpoint-requests <n>',
    reported: false,
  }),
  endpointTimeout: option({
    schema: above(0),
    help: 'most seconds for one response of an openai: endpoint, which may be about 256 texts; a model on a small machine needs minutes',
    unset: '30 without a byte, and 120 until the response begins',
    flag: '--endpoint-timeout <seconds>',
    reported: false,
  }),
  redact: namingOptions.redact,
  offline: option({
    schema: flag,
    help: 'never use the network: models come from the cache folder',
    default: false,
    reported: false,
  }),
  yes: option({
    schema: flag,
    help: 'download large models without asking',
    default: false,
    foundConfig: false,
    reported: false,
  }),
  confirm: option({
    schema: callback<(question: string) => Promise<boolean>>(),
    help: 'function that confirms a download over 200 MB; without it and without `yes` such a download is refused',
    unset: 'none',
    flag: false,
    reported: false,
  }),
  cache: option({
    schema: v.union([flag, text], 'must be true, false or a folder'),
    help: 'folder where vectors are kept for the next run',
    off: 'keep no vectors, and use none of an earlier run',
    inCode: 'true for the folder of the platform, false for none',
    default: true,
    flag: '--cache <folder>',
    foundConfig: (value) => typeof value === 'boolean',
    reported: false,
  }),
  threads,
};

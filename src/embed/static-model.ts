import * as v from 'valibot';
import { turn } from '../breathe.js';
import { FailureError, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { chosenLimit, readConfig, readTokenizer } from './description.js';
import type { VectorSource } from './embedder.js';
import { combined } from './file-sums.js';
import type { ModelFiles } from './model-files.js';
import type { EmbedSettings } from './options.js';
import { normalizeInto } from './pooling.js';
import { readSafetensors, type Tensor } from './safetensors.js';
import { textSplitter } from './split-text.js';
import { openTokenizer, type TextTokenizer } from './tokenizer.js';

/** Tokens read where config.json states no `max_length`, as in model2vec. */
const MAX_TOKENS = 512;
/** Texts handed on at a time: one block of the vector cache. */
const ROWS = 1024;
/** Milliseconds of work between two turns of the event loop. */
const SLICE = 20;

const Config = v.looseObject({
  max_length: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1))),
});

/**
 * A static model (model2vec: `potion`, …): a table with a vector for each token. A text's vector is the mean of its
 * tokens' vectors, each times its token's weight where the file has weights, at unit length. Tokens may share a
 * vector: `mapping` holds the row of each. Special tokens are not added, unknown ones don't count.
 */
export async function openStaticModel(
  files: ModelFiles,
  name: string,
  options: EmbedSettings & Watch,
): Promise<VectorSource> {
  refuseOptions(name, options);
  const config = await readConfig(files.folder, name);
  const stated = v.safeParse(Config, config ?? {});
  const limit = (stated.success ? stated.output.max_length : undefined) ?? MAX_TOKENS;
  const maxTokens = chosenLimit(limit, options.maxTokens, name);
  const prefix = options.prefix ?? '';
  const source = `model "${name}": tokenizer.json`;
  const tokenizerJson = await readTokenizer(files.folder, name);
  const tokenizer = openTokenizer(tokenizerJson, {}, maxTokens, source, { addsSpecial: false });
  const table = await openTable(files.graph, name);
  const unknown = unknownId(tokenizerJson);
  let hasRun = false;

  return {
    id: files.id,
    fingerprint: combined([...files.sums, 'static', String(maxTokens), prefix]).slice(0, 32),
    dimensions: () => table.cols,
    provider: () => (hasRun ? 'cpu' : undefined),
    engineOf: () => 'denscape from a table of token vectors',
    threads: () => 1,
    about: () => ({
      id: files.id,
      revision: files.revision,
      dtype: files.dtype,
      dimensions: table.cols,
      pooling: 'mean',
      maxTokens,
    }),
    async run(texts, onBatch, { signal }) {
      hasRun = true;
      let sliceEnd = performance.now() + SLICE;
      for (let from = 0; from < texts.length; from += ROWS) {
        const part = texts.slice(from, from + ROWS);
        const vectors = new Float32Array(part.length * table.cols);
        const truncated: boolean[] = [];
        for (let row = 0; row < part.length; row++) {
          if (performance.now() > sliceEnd) {
            await turn();
            signal?.throwIfAborted();
            sliceEnd = performance.now() + SLICE;
          }
          const { ids, isTruncated } = tokenizer.encode(prefix + part[row].text);
          truncated.push(isTruncated);
          meanInto(table, ids, unknown, vectors, row * table.cols);
        }
        await onBatch({ rows: part.map(({ row }) => row), vectors, truncated });
      }
    },
    // A token is at least one character, so short texts need no count.
    isTruncated: (text) => isLong(tokenizer, prefix + text, maxTokens),
    split: textSplitter(tokenizer, prefix, maxTokens),
    close: async () => {},
  };
}

const isLong = (tokenizer: TextTokenizer, text: string, maxTokens: number): boolean =>
  text.length > maxTokens && tokenizer.encode(text).isTruncated;

function refuseOptions(name: string, { pooling, dtype }: EmbedSettings): void {
  if (pooling !== undefined && pooling !== 'mean') {
    throw new UserError(`pooling is "${pooling}"; model "${name}" is a static one, whose vectors are means`, {
      code: 'OPTION_INVALID',
      option: 'pooling',
    });
  }
  if (dtype !== 'auto' && dtype !== 'fp32') {
    throw new UserError(
      `dtype is "${dtype}"; model "${name}" is a static one, which has one file: use auto`,
      { code: 'OPTION_INVALID', option: 'dtype' },
    );
  }
}

/** The vectors of the tokens. */
interface Table {
  /** rows × cols. */
  data: Tensor['data'];
  rows: number;
  cols: number;
  /** Row of each token; undefined where it is the token's id. */
  mapping?: Tensor['data'];
  /** Weight of each token; undefined where all count alike. */
  weights?: Tensor['data'];
  /** Ids that the table knows: 0 to this. */
  tokens: number;
}

/** sentence-transformers names the table `embedding.weight`, model2vec `embeddings`. */
const TABLE_NAMES = ['embeddings', 'embedding.weight'];

async function openTable(file: string, name: string): Promise<Table> {
  const source = `model "${name}": model.safetensors`;
  const tensors = await readSafetensors(file, [...TABLE_NAMES, 'mapping', 'weights'], source);
  const found = TABLE_NAMES.map((one) => tensors.get(one)).find(Boolean);
  if (!found) {
    throw new UserError(
      `${source} holds no table of token vectors, so it is no static model; export the model to ONNX (optimum-cli export onnx --model ${name} FOLDER) and pass the folder`,
      { code: 'MODEL_INVALID', option: 'model' },
    );
  }
  const [rows, cols] = found.shape;
  if (found.shape.length !== 2 || rows < 1 || cols < 1) {
    throw new UserError(
      `${source}: its table has the shape ${found.shape.join(' × ')}; it must be tokens × numbers`,
      { code: 'MODEL_INVALID', option: 'model' },
    );
  }
  const [mapping, weights] = [tensors.get('mapping'), tensors.get('weights')];
  for (const [what, column] of Object.entries({ mapping, weights })) {
    if (column && column.shape.length !== 1)
      throw new UserError(`${source}: ${what} is not one number a token`, {
        code: 'MODEL_INVALID',
        option: 'model',
      });
  }
  const bad = mapping?.data.findIndex((row) => !Number.isInteger(row) || row < 0 || row >= rows) ?? -1;
  if (mapping && bad >= 0) {
    throw new UserError(`${source}: token ${bad} has row ${mapping.data[bad]} of a table of ${rows}`, {
      code: 'MODEL_INVALID',
      option: 'model',
    });
  }
  const tokens = Math.min(
    mapping ? mapping.data.length : rows,
    weights?.data.length ?? Number.POSITIVE_INFINITY,
  );
  return { data: found.data, rows, cols, mapping: mapping?.data, weights: weights?.data, tokens };
}

/** Writes the mean of the tokens' vectors at unit length; zeros where no token counts. Summed in their order. */
function meanInto(
  { data, cols, mapping, weights, tokens }: Table,
  ids: Int32Array,
  unknown: number | undefined,
  out: Float32Array,
  offset: number,
): void {
  const sum = new Float64Array(cols);
  for (const id of ids) {
    if (id === unknown) continue;
    if (id >= tokens) {
      throw new FailureError(
        `token ${id} has no vector: model.safetensors has ${tokens}, so it belongs to another tokenizer.json`,
        { code: 'MODEL_INVALID', option: 'model' },
      );
    }
    const start = (mapping ? mapping[id] : id) * cols;
    const weight = weights ? weights[id] : 1;
    for (let col = 0; col < cols; col++) sum[col] += weight * data[start + col];
  }
  normalizeInto(sum, out, offset);
  if (!out.subarray(offset, offset + cols).every(Number.isFinite)) {
    throw new FailureError('model.safetensors holds numbers that are not finite; download it again', {
      code: 'MODEL_INVALID',
      option: 'model',
    });
  }
}

/** The id that stands for what the vocabulary lacks; it has a vector, but no meaning. */
function unknownId(tokenizerJson: Record<string, unknown>): number | undefined {
  const shape = v.object({
    model: v.object({
      unk_token: v.nullish(v.string()),
      unk_id: v.nullish(v.number()),
      vocab: v.unknown(),
    }),
  });
  const checked = v.safeParse(shape, tokenizerJson);
  if (!checked.success) return undefined;
  const { unk_token, unk_id, vocab } = checked.output.model;
  if (typeof unk_id === 'number') return unk_id;
  if (typeof unk_token !== 'string' || typeof vocab !== 'object' || vocab === null) return undefined;
  const id: unknown = Object.hasOwn(vocab, unk_token) ? Reflect.get(vocab, unk_token) : undefined;
  return typeof id === 'number' ? id : undefined;
}

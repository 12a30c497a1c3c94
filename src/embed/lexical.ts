import { basename } from 'node:path';
import { halvesToFloats } from '../binary/halves.js';
import { UserError } from '../errors.js';
import type { SparseRows } from '../shapes.js';
import { joinSparse, largestOf } from '../sparse-rows.js';
import { sha256Of } from './file-sums.js';
import { fileInside } from './model-paths.js';
import { NotOnnx } from './onnx-file.js';
import { readParts } from './onnx-parts.js';
import { chooseOutput, isFloat, isLexical } from './outputs.js';
import { layerNumbers, readSparseLayer, SPARSE_LAYER, type SparseLayer } from './sparse-layer.js';

/*
 * Lexical weights, as BGE-M3 makes them: a layer after the encoder gives each token a number, and a text has for each different
 * token the largest of its numbers, if that is above zero. Begin, end, padding and unknown tokens have none. As in FlagEmbedding
 * (`_process_token_weights` in its M3 embedder), whose weights these equal.
 */

/** Where a session finds the weights. */
export interface LexicalSpec {
  /** The output with a number for each token of a row, or for each token of the vocabulary; with `layer`, with its vector. */
  output: string;
  /** The layer that makes the numbers, where it isn't in the graph. */
  layer?: SparseLayer;
  /** Ids of tokens that stand for no word. */
  dropped: readonly number[];
}

/** An output of a graph after a run. */
interface TokenNumbers {
  /** float32, or the bits of halves. */
  data: Float32Array | Uint16Array;
  dims: readonly number[];
}

/**
 * The weights of a batch.
 * @param batch the tokens of its rows, one row after another, and how many each has
 * @throws Error for an output of another shape
 */
export function lexicalRows(
  { data, dims }: TokenNumbers,
  batch: { ids: Int32Array; lengths: Int32Array },
  { dropped, layer }: Pick<LexicalSpec, 'dropped' | 'layer'>,
): SparseRows {
  if (layer) return lexicalRows(throughLayer({ data, dims }, layer), batch, { dropped });
  const { ids, lengths } = batch;
  const rows = lengths.length;
  const tokens = lengths.reduce((most, length) => Math.max(most, length), 1);
  const each = dims[1];
  const isPerToken = each === tokens;
  if (dims[0] !== rows || dims.length < 2 || dims.slice(2).some((size) => size !== 1)) {
    throw new Error(`its sparse weights have the shape ${dims.join(' × ')}; one number a token is expected`);
  }
  const numbers = data instanceof Float32Array ? data : halvesToFloats(data);
  const unused = new Set(dropped);
  let from = 0;
  return joinSparse(
    Array.from(lengths, (length, row) => {
      const own = ids.subarray(from, from + length);
      from += length;
      const of = numbers.subarray(row * each, row * each + (isPerToken ? length : each));
      const entries: [number, number][] = [];
      of.forEach((weight, at) => {
        const id = isPerToken ? own[at] : at;
        if (!(weight <= 0) && !unused.has(id)) entries.push([id, weight]);
      });
      return largestOf(entries);
    }),
  );
}

function throughLayer({ data, dims }: TokenNumbers, layer: SparseLayer): TokenNumbers {
  const [rows, tokens, cols] = dims;
  if (dims.length !== 3 || cols !== layer.weight.length)
    throw new Error(
      `${SPARSE_LAYER} has ${layer.weight.length} weights, and token vectors have the shape ${dims.join(' × ')}`,
    );
  const numbers = data instanceof Float32Array ? data : halvesToFloats(data);
  return { data: layerNumbers(numbers, layer), dims: [rows, tokens] };
}

/** Where a model has lexical weights. */
type LexicalSource = Pick<LexicalSpec, 'output' | 'layer'> & {
  /** Tells apart what makes weights of the same vectors. */
  id: string;
};

/**
 * The output of a graph that holds lexical weights, or the layer that lies next to the graph.
 * @throws UserError where there is neither
 */
export async function lexicalSource(
  { graph, folder }: { graph: string; folder: string },
  model: string,
  signal?: AbortSignal,
): Promise<LexicalSource> {
  const { outputs } = await readParts(graph, signal).catch((error: unknown) => {
    if (!(error instanceof NotOnnx)) throw error;
    throw new UserError(`model "${model}": ${basename(graph)} can't be read: ${error.message}`, {
      code: 'MODEL_INVALID',
      option: 'model',
      file: graph,
    });
  });
  const found = outputs.find((output) => isFloat(output) && isLexical(output));
  if (found) return { output: found.name, id: 'graph' };
  const file = await fileInside(folder, SPARSE_LAYER, model);
  const tokens = chooseOutput(outputs, 'cls');
  if (file !== undefined && tokens) {
    const sum = await sha256Of(file, signal);
    return { output: tokens.name, layer: await readSparseLayer(file), id: sum.slice(0, 8) };
  }
  throw new UserError(
    `model "${model}" gives no sparse weights: the outputs of ${basename(graph)} are ${outputs.map(({ name }) => name).join(', ')}, and there is no ${SPARSE_LAYER}; take an export of BGE-M3 with an output sparse_vecs or sparse_weights, or BAAI/bge-m3, or leave out --sparse`,
    { code: 'MODEL_INVALID', option: 'sparse', file: graph },
  );
}

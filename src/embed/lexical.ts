import { basename } from 'node:path';
import { halvesToFloats } from '../binary/halves.js';
import { UserError } from '../errors.js';
import type { SparseRows } from '../shapes.js';
import { joinSparse, largestOf } from '../sparse-rows.js';
import { NotOnnx } from './onnx-file.js';
import { readParts } from './onnx-parts.js';
import { isFloat, isLexical } from './outputs.js';

/*
 * Lexical weights, as BGE-M3 makes them: a layer after the encoder gives each token a number, and a text has for each different
 * token the largest of its numbers, if that is above zero. Begin, end, padding and unknown tokens have none. As in FlagEmbedding
 * (`_process_token_weights` in its M3 embedder), whose weights these equal.
 */

/** Where a session finds the weights. */
export interface LexicalSpec {
  /** The output with a number for each token of a row, or for each token of the vocabulary. */
  output: string;
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
  dropped: readonly number[],
): SparseRows {
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

/**
 * The output of a graph that holds lexical weights.
 * @throws UserError where it has none
 */
export async function lexicalOutput(graph: string, model: string, signal?: AbortSignal): Promise<string> {
  const { outputs } = await readParts(graph, signal).catch((error: unknown) => {
    if (!(error instanceof NotOnnx)) throw error;
    throw new UserError(`model "${model}": ${basename(graph)} can't be read: ${error.message}`, {
      code: 'MODEL_INVALID',
      option: 'model',
      file: graph,
    });
  });
  const found = outputs.find((output) => isFloat(output) && isLexical(output));
  if (found) return found.name;
  throw new UserError(
    `model "${model}" gives no sparse weights: the outputs of ${basename(graph)} are ${outputs.map(({ name }) => name).join(', ')}; take an export of BGE-M3 with an output sparse_vecs or sparse_weights, or leave out --sparse`,
    { code: 'MODEL_INVALID', option: 'sparse', file: graph },
  );
}

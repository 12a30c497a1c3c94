import { createHash } from 'node:crypto';
import { counted } from '../counted.js';
import { FailureError, renumbered, TextFailure, UserError } from '../errors.js';
import { kindOf } from '../outside.js';
import type { Matrix } from '../shapes.js';
import type { Pending } from './batches.js';
import type { VectorSource } from './embedder.js';
import type { CustomModel, CustomVectors } from './options.js';
import { normalizeInto } from './pooling.js';

/** Texts per call of the caller's function: enough for batches of its own, few enough that a failure loses little. */
const ROWS = 256;

/**
 * The caller's function as a source of vectors. Its results are checked (a row per text, all of one width, finite numbers) and
 * scaled to unit length.
 */
export function openCustomModel(model: CustomModel): VectorSource {
  if (typeof model.embed !== 'function') {
    throw new UserError('model is an object without embed(texts); give it one, or name a model', {
      code: 'OPTION_INVALID',
      option: 'model',
    });
  }
  const id = model.id === undefined ? 'custom' : `custom:${model.id}`;
  let dimensions: number | undefined;
  let hasRun = false;
  return {
    id,
    fingerprint: createHash('sha256').update(id).digest('hex').slice(0, 32),
    dimensions: () => dimensions,
    provider: () => (hasRun ? 'custom' : undefined),
    engineOf: () => 'a function of the caller',
    about: () => ({
      id,
      revision: '',
      dtype: 'custom',
      dimensions: dimensions ?? 0,
      pooling: 'none',
      maxTokens: 0,
    }),
    async run(texts, onBatch, watch) {
      for (let from = 0; from < texts.length; from += ROWS) {
        watch.signal?.throwIfAborted();
        const part = texts.slice(from, from + ROWS);
        // Its own progress would be counted in its own units; only the signal is passed on.
        const result = await model.embed(
          part.map(({ text }) => text),
          { signal: watch.signal },
        );
        hasRun = true;
        const { matrix, vectors } = forTexts(part, () => {
          const made = toMatrix(result, part.length, 'embed(texts)');
          return { matrix: made, vectors: unitRows(made, 'embed(texts)') };
        });
        dimensions ??= matrix.cols;
        if (matrix.cols !== dimensions) {
          throw new FailureError(
            `embed(texts) returned ${matrix.cols} numbers a text, ${dimensions} before`,
            { code: 'MODEL_FAILED' },
          );
        }
        await onBatch({
          rows: part.map(({ row }) => row),
          vectors,
          truncated: part.map(() => false),
        });
      }
    },
    isTruncated: () => false,
    close: async () => {},
  };
}

/** Runs a check of the vectors of `part`; a TextFailure, which has a position in `part`, gets that text's row instead. */
export function forTexts<T>(part: Pending[], check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw renumbered(error, (place) => part[place].row);
  }
}

/**
 * Turns vectors for `rows` texts, in any shape that `embed` may return, into one matrix. `source` names their origin in errors.
 * @throws TextFailure with the text's position for an element that is not a vector of finite numbers, or of another width;
 * FailureError for anything else
 */
export function toMatrix(result: CustomVectors, rows: number, source: string): Matrix {
  if (!Array.isArray(result) && result?.data instanceof Float32Array) {
    if (result.rows !== rows)
      throw new FailureError(
        `${source} returned ${counted(result.rows, 'row')} for ${counted(rows, 'text')}`,
        {
          code: 'MODEL_FAILED',
        },
      );
    if (result.data.length !== rows * result.cols) {
      throw new FailureError(
        `${source} returned ${result.data.length} numbers as ${rows} rows of ${result.cols}; they must be rows × cols`,
        { code: 'MODEL_FAILED' },
      );
    }
    return result;
  }
  if (!Array.isArray(result)) {
    throw new FailureError(
      `${source} must return an array of vectors or { data, rows, cols }; got ${kindOf(result)}`,
      { code: 'MODEL_FAILED' },
    );
  }
  if (result.length !== rows)
    throw new FailureError(
      `${source} returned ${counted(result.length, 'vector')} for ${counted(rows, 'text')}`,
      {
        code: 'MODEL_FAILED',
      },
    );
  const vectors: readonly unknown[] = result;
  const [first] = vectors;
  const cols = isVector(first) ? first.length : 0;
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const vector = vectors[row];
    if (!isVector(vector)) throw new TextFailure(row, `${source} returned ${kindOf(vector)} and no vector`);
    if (vector.length !== cols) {
      throw new TextFailure(row, `${source} returned vectors of ${cols} and ${vector.length} numbers`);
    }
    for (let col = 0; col < cols; col++) {
      const value: unknown = vector[col];
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        throw new TextFailure(row, `${source}: number ${col} of vector ${row} is ${kindOf(value)}`);
      }
      data[row * cols + col] = value;
    }
  }
  return { data, rows, cols };
}

const isVector = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array;

/**
 * A copy with rows of unit length.
 * @throws TextFailure for a number that is not finite, or too large to have a length; FailureError for no numbers.
 */
export function unitRows({ data, rows, cols }: Matrix, source: string): Float32Array {
  if (cols === 0 && rows > 0)
    throw new FailureError(`${source} returned empty vectors`, { code: 'MODEL_FAILED' });
  const out = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const vector = data.subarray(row * cols, (row + 1) * cols);
    const bad = vector.findIndex((value) => !Number.isFinite(value));
    if (bad !== -1) throw new TextFailure(row, `${source}: number ${bad} of vector ${row} is ${vector[bad]}`);
    normalizeInto(vector, out, row * cols);
  }
  return out;
}

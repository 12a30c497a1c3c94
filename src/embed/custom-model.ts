import { createHash } from 'node:crypto';
import { FailureError, renumbered, TextFailure, UserError } from '../errors.js';
import { kindOf } from '../outside.js';
import type { Matrix } from '../shapes.js';
import type { Pending } from './batches.js';
import type { VectorSource } from './embedder.js';
import type { CustomModel, CustomVectors } from './options.js';
import { normalizeInto } from './pooling.js';

/** Texts handed to the caller's function at a time: enough for its own batching, few enough to lose little. */
const ROWS = 256;

/** The caller's function as a source. Checked: as many rows as texts, one width, numbers; scaled to unit length. */
export function openCustomModel(model: CustomModel): VectorSource {
  if (typeof model.embed !== 'function') {
    throw new UserError('model is an object without embed(texts); give it one, or name a model');
  }
  const id = model.id === undefined ? 'custom' : `custom:${model.id}`;
  let dimensions: number | undefined;
  let hasRun = false;
  return {
    id,
    fingerprint: createHash('sha256').update(id).digest('hex').slice(0, 32),
    dimensions: () => dimensions,
    provider: () => (hasRun ? 'custom' : undefined),
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
        const answer = await model.embed(
          part.map(({ text }) => text),
          { signal: watch.signal },
        );
        hasRun = true;
        const { matrix, vectors } = forTexts(part, () => {
          const made = toMatrix(answer, part.length, 'embed(texts)');
          return { matrix: made, vectors: unitRows(made, 'embed(texts)') };
        });
        dimensions ??= matrix.cols;
        if (matrix.cols !== dimensions) {
          throw new FailureError(`embed(texts) answered ${matrix.cols} numbers a text, ${dimensions} before`);
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

/** Runs a check of vectors; a failure of one names its text by the row that the caller of `run` gave it. */
export function forTexts<T>(part: Pending[], check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw renumbered(error, (place) => part[place].row);
  }
}

/**
 * Any of the shapes that may be given for `rows` texts, as one matrix.
 * @throws TextFailure for a vector that is none, with its place among the texts.
 */
export function toMatrix(answer: CustomVectors, rows: number, who: string): Matrix {
  if (!Array.isArray(answer) && answer?.data instanceof Float32Array) {
    if (answer.rows !== rows) throw new FailureError(`${who} answered ${answer.rows} rows for ${rows} texts`);
    if (answer.data.length !== rows * answer.cols) {
      throw new FailureError(
        `${who} answered ${answer.data.length} numbers as ${rows} rows of ${answer.cols}; they must be rows × cols`,
      );
    }
    return answer;
  }
  if (!Array.isArray(answer)) {
    throw new FailureError(
      `${who} must answer an array of vectors or { data, rows, cols }; got ${kindOf(answer)}`,
    );
  }
  if (answer.length !== rows)
    throw new FailureError(`${who} answered ${answer.length} vectors for ${rows} texts`);
  const vectors: readonly unknown[] = answer;
  const [first] = vectors;
  const cols = isVector(first) ? first.length : 0;
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const vector = vectors[row];
    if (!isVector(vector)) throw new TextFailure(row, `${who} answered ${kindOf(vector)} and no vector`);
    if (vector.length !== cols) {
      throw new TextFailure(row, `${who} answered vectors of ${cols} and ${vector.length} numbers`);
    }
    for (let col = 0; col < cols; col++) {
      const value: unknown = vector[col];
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        throw new TextFailure(row, `${who}: number ${col} of vector ${row} is ${kindOf(value)}`);
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
export function unitRows({ data, rows, cols }: Matrix, who: string): Float32Array {
  if (cols === 0 && rows > 0) throw new FailureError(`${who} answered empty vectors`);
  const out = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const vector = data.subarray(row * cols, (row + 1) * cols);
    const bad = vector.findIndex((value) => !Number.isFinite(value));
    if (bad !== -1) throw new TextFailure(row, `${who}: number ${bad} of vector ${row} is ${vector[bad]}`);
    normalizeInto(vector, out, row * cols);
  }
  return out;
}

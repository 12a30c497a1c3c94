import { createHash } from 'node:crypto';
import { FailureError, UserError } from '../errors.js';
import type { Matrix } from '../shapes.js';
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
        const matrix = toMatrix(answer, part.length, 'embed(texts)');
        dimensions ??= matrix.cols;
        if (matrix.cols !== dimensions) {
          throw new FailureError(`embed(texts) answered ${matrix.cols} numbers a text, ${dimensions} before`);
        }
        await onBatch({
          rows: part.map(({ row }) => row),
          vectors: unitRows(matrix, 'embed(texts)'),
          truncated: part.map(() => false),
        });
      }
    },
    isTruncated: () => false,
    close: async () => {},
  };
}

/** Any of the shapes a caller may answer, as one matrix. */
export function toMatrix(answer: CustomVectors, rows: number, who: string): Matrix {
  if (!Array.isArray(answer) && answer?.data instanceof Float32Array) {
    if (answer.rows !== rows) throw new FailureError(`${who} answered ${answer.rows} rows for ${rows} texts`);
    return answer;
  }
  if (!Array.isArray(answer)) {
    throw new FailureError(
      `${who} must answer an array of vectors or { data, rows, cols }; got ${typeof answer}`,
    );
  }
  if (answer.length !== rows)
    throw new FailureError(`${who} answered ${answer.length} vectors for ${rows} texts`);
  const cols = answer[0]?.length ?? 0;
  const data = new Float32Array(rows * cols);
  answer.forEach((vector, row) => {
    if (vector.length !== cols) {
      throw new FailureError(`${who} answered vectors of ${cols} and ${vector.length} numbers`);
    }
    data.set(vector, row * cols);
  });
  return { data, rows, cols };
}

/** A copy with rows of unit length; a number that is not finite, or no numbers at all, is an error. */
export function unitRows({ data, rows, cols }: Matrix, who: string): Float32Array {
  if (cols === 0 && rows > 0) throw new FailureError(`${who} answered empty vectors`);
  const out = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const vector = data.subarray(row * cols, (row + 1) * cols);
    const bad = vector.findIndex((value) => !Number.isFinite(value));
    if (bad !== -1) throw new FailureError(`${who}: number ${bad} of vector ${row} is ${vector[bad]}`);
    normalizeInto(vector, out, row * cols);
  }
  return out;
}

import { breathe } from '../breathe.js';
import type { Matrix } from '../shapes.js';
import { symmetricEigen } from './eigen.js';
import type { Random } from './random.js';

/** Rounds of subspace iteration: a start position needs no more digits than they give. */
const ROUNDS = 12;
/** Multiplications between two looks at the clock: a few milliseconds. */
const PIECE = 2 ** 21;

/**
 * Coordinates along the `wanted` directions of greatest variance, rows × wanted, row-major: randomised subspace
 * iteration (Halko, Martinsson and Tropp 2011). Directions beyond the data's own are 0.
 */
export async function principalCoordinates(
  matrix: Matrix,
  wanted: number,
  random: Random,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const { data, rows, cols } = matrix;
  const width = Math.min(cols, wanted + 4);
  const pause = breathe(signal);
  const atOnce = Math.max(1, Math.floor(PIECE / (cols * width)));
  /** Calls `work` for every row; the event loop gets its turns. */
  const eachRow = async (work: (row: number) => void): Promise<void> => {
    for (let start = 0; start < rows; start += atOnce) {
      const end = Math.min(rows, start + atOnce);
      for (let i = start; i < end; i++) work(i);
      await pause();
    }
  };
  const mean = new Float64Array(cols);
  await eachRow((i) => {
    for (let c = 0; c < cols; c++) mean[c] += data[i * cols + c] / rows;
  });
  let basis = Float64Array.from({ length: cols * width }, () => random.normal());
  const projected = new Float64Array(rows * width);
  const project = (): Promise<void> => {
    const shift = new Float64Array(width);
    for (let c = 0; c < cols; c++) for (let w = 0; w < width; w++) shift[w] += mean[c] * basis[c * width + w];
    return eachRow((i) => {
      for (let w = 0; w < width; w++) projected[i * width + w] = -shift[w];
      for (let c = 0; c < cols; c++) {
        const value = data[i * cols + c];
        for (let w = 0; w < width; w++) projected[i * width + w] += value * basis[c * width + w];
      }
    });
  };
  orthonormalise(basis, cols, width);
  for (let round = 0; round < ROUNDS; round++) {
    await project();
    const product = new Float64Array(cols * width);
    await eachRow((i) => {
      for (let c = 0; c < cols; c++) {
        const value = data[i * cols + c] - mean[c];
        for (let w = 0; w < width; w++) product[c * width + w] += value * projected[i * width + w];
      }
    });
    basis = product;
    orthonormalise(basis, cols, width);
  }
  await project();
  const covariance = new Float64Array(width * width);
  await eachRow((i) => {
    for (let a = 0; a < width; a++) {
      for (let b = 0; b < width; b++) {
        covariance[a * width + b] += projected[i * width + a] * projected[i * width + b];
      }
    }
  });
  const { vectors } = symmetricEigen(covariance, width);
  const out = new Float64Array(rows * wanted);
  await eachRow((i) => {
    for (let w = 0; w < Math.min(wanted, width); w++) {
      for (let a = 0; a < width; a++)
        out[i * wanted + w] += projected[i * width + a] * vectors[a * width + w];
    }
  });
  return out;
}

/** Gram and Schmidt, twice, on the columns; a column that depends on earlier ones becomes 0. */
export function orthonormalise(basis: Float64Array, rows: number, width: number): void {
  for (let w = 0; w < width; w++) {
    let length = 0;
    for (let pass = 0; pass < 2; pass++) {
      for (let v = 0; v < w; v++) {
        let dot = 0;
        for (let r = 0; r < rows; r++) dot += basis[r * width + v] * basis[r * width + w];
        for (let r = 0; r < rows; r++) basis[r * width + w] -= dot * basis[r * width + v];
      }
      const before = length;
      length = 0;
      for (let r = 0; r < rows; r++) length += basis[r * width + w] ** 2;
      length = Math.sqrt(length);
      if (pass === 1 && length < 1e-9 * before) length = 0;
    }
    for (let r = 0; r < rows; r++) basis[r * width + w] = length > 0 ? basis[r * width + w] / length : 0;
  }
}

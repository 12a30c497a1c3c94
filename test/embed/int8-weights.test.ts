import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ElementType } from '../../src/binary/onnx.js';
import type { Constant } from '../../src/embed/encoder-graph.js';
import { WeightFile } from '../../src/embed/int8-weights.js';
import type { TensorReader } from '../../src/embed/tensor-reader.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const [ROWS, COLS] = [192, 8];

/** Weights of −1 to 1, one of 30 in row 5 and one of −9 in row 7. */
function weights(): Float32Array {
  const numbers = Float32Array.from({ length: ROWS * COLS }, (_, at) => Math.sin(at * 1.7));
  numbers[5 * COLS + 3] = 30;
  numbers[7 * COLS + 2] = -9;
  return numbers;
}

it.each([false, true])(
  'large weights are divided among copies of their rows, the others keep fine steps (unsigned: %s)',
  async (isUnsigned) => {
    const path = join(folder.path, `weights-${isUnsigned}`);
    const data = await open(path, 'w');
    const numbers = weights();
    const reader = { whole: () => Promise.resolve(numbers) } as unknown as TensorReader;
    const tensor = { type: ElementType.float, dimensions: [ROWS, COLS] } as Constant['tensor'];
    const constant: Constant = { tensor, scale: undefined, zero: undefined, isTransposed: false };
    const { copies } = await new WeightFile(reader, data, 'weights', isUnsigned).spreadMatrix(constant);
    await data.close();
    expect(new Set(copies)).toEqual(new Set([5, 7]));
    const bytes = await readFile(path);
    const height = ROWS + copies.length;
    const at = Math.ceil((height * COLS) / 64) * 64;
    const scales = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + COLS * 4),
    );
    const stored = (row: number, col: number) =>
      isUnsigned ? bytes[row * COLS + col] - 128 : bytes.readInt8(row * COLS + col);
    for (let row = 0; row < ROWS; row++) {
      for (let col = 0; col < COLS; col++) {
        let sum = stored(row, col);
        copies.forEach((of, copy) => {
          if (of === row) sum += stored(ROWS + copy, col);
        });
        expect(Math.abs(sum * scales[col] - numbers[row * COLS + col])).toBeLessThan(scales[col] * 0.501);
      }
    }
    // One scale for the column alone would have a step of 30 / 127.
    expect(scales[3]).toBeCloseTo(30 / 9 / 127, 5);
    expect(scales[2]).toBeCloseTo(1 / 127, 3);
  },
);

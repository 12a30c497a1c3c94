import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { halvesToFloats } from '../binary/halves.js';
import { type Constant, NotEncoder } from './encoder-graph.js';
import type { OnnxTensor } from './onnx-parts.js';

/** TensorProto.DataType of what is read here: its bytes, and how they become numbers. */
const TYPES: Record<number, { bytes: number; numbers: (bytes: Buffer) => ArrayLike<number> }> = {
  1: { bytes: 4, numbers: (bytes) => new Float32Array(aligned(bytes)) },
  2: { bytes: 1, numbers: (bytes) => bytes },
  3: { bytes: 1, numbers: (bytes) => new Int8Array(aligned(bytes)) },
  10: { bytes: 2, numbers: (bytes) => halvesToFloats(new Uint16Array(aligned(bytes))) },
};

const aligned = (bytes: Buffer): ArrayBufferLike =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

/** Reads the numbers of constants, from the graph's file and those next to it. */
export class TensorReader {
  readonly #files = new Map<string, FileHandle>();

  constructor(readonly graph: string) {}

  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => file.close()));
    this.#files.clear();
  }

  /** All numbers of a constant, row-major as it is used: scaled, and transposed where it is. */
  async whole(constant: Constant): Promise<Float32Array> {
    const { dimensions } = constant.tensor;
    const [rows, cols] = dimensions.length === 2 ? dimensions : [1, countOf(constant.tensor)];
    const stored = await this.rows(constant, 0, rows);
    if (!constant.isTransposed) return stored;
    const out = new Float32Array(rows * cols);
    for (let row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++) out[col * rows + row] = stored[row * cols + col];
    }
    return out;
  }

  /** Rows as they are stored, scaled. */
  async rows({ tensor, scale, zero }: Constant, from: number, count: number): Promise<Float32Array> {
    const cols = tensor.dimensions.length === 2 ? tensor.dimensions[1] : countOf(tensor);
    const values = Float32Array.from(await this.#read(tensor, from * cols, count * cols));
    if (!scale) return values;
    const scales = await this.#read(scale, 0, countOf(scale));
    const zeros = zero ? await this.#read(zero, 0, countOf(zero)) : undefined;
    const placeOf = spread(scale, tensor, scales.length);
    for (let row = 0; row < count; row++) {
      for (let col = 0; col < cols; col++) {
        const place = placeOf(from + row, col);
        const at = row * cols + col;
        values[at] = (values[at] - (zeros?.[zeros.length === 1 ? 0 : place] ?? 0)) * scales[place];
      }
    }
    return values;
  }

  async #read(tensor: OnnxTensor, from: number, count: number): Promise<ArrayLike<number>> {
    const type = TYPES[tensor.type];
    if (Array.isArray(tensor.values)) return tensor.values.slice(from, from + count);
    if (!type) throw new NotEncoder(`weights have the number format ${tensor.type} of ONNX`);
    if (!tensor.place && tensor.values) {
      return type.numbers(tensor.values.subarray(from * type.bytes, (from + count) * type.bytes));
    }
    if (!tensor.place) throw new NotEncoder('weights are written in an unusual form');
    const { location, offset, length } = tensor.place;
    if ((from + count) * type.bytes > length) throw new NotEncoder('weights are shorter than their shape');
    const file = await this.#open(location);
    const bytes = Buffer.allocUnsafe(count * type.bytes);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, offset + from * type.bytes + at);
      if (bytesRead === 0) throw new NotEncoder('a file of weights is shorter than the graph says');
      at += bytesRead;
    }
    return type.numbers(bytes);
  }

  async #open(location: string | undefined): Promise<FileHandle> {
    const path = location === undefined ? this.graph : join(dirname(this.graph), location);
    const known = this.#files.get(path);
    if (known) return known;
    const file = await open(path, 'r');
    this.#files.set(path, file);
    return file;
  }
}

export const countOf = ({ dimensions }: OnnxTensor): number =>
  dimensions.reduce((product, size) => product * size, 1);

/** Which of the scales belongs to a place of the matrix. */
function spread(scale: OnnxTensor, of: OnnxTensor, count: number): (row: number, col: number) => number {
  if (count === 1) return () => 0;
  const cols = of.dimensions.at(-1) ?? 1;
  const isPerRow = scale.dimensions.length === 2 && scale.dimensions[1] === 1;
  if (isPerRow && count === of.dimensions[0]) return (row) => row;
  if (!isPerRow && count === cols) return (_, col) => col;
  throw new NotEncoder('weights have a scale of another shape');
}

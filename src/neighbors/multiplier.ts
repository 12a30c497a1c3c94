import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Operands, Ort } from './operands.js';

/** Multiplies rows of operands with tiles of columns, in one thread. */
export class Multiplier {
  /** Copies of what is multiplied: ONNX Runtime takes no views of shared memory. */
  private readonly queries: Float32Array | Uint8Array;
  private readonly columns: Float32Array | Int8Array;
  /** Where the tile in `columns` begins, and its tensors. */
  private column0 = -1;
  private feeds: Record<string, Tensor> = {};

  /**
   * @param session of `byteGraph` or `scoreGraph`, as the operands need
   * @param most rows that are multiplied at once, at most
   */
  constructor(
    private readonly ort: Ort,
    private readonly session: InferenceSession,
    private readonly operands: Operands,
    most: number,
  ) {
    const { kind, cols, side } = operands;
    this.queries = kind === 'bytes' ? new Uint8Array(most * cols) : new Float32Array(most * cols);
    this.columns = kind === 'bytes' ? new Int8Array(side * cols) : new Float32Array(side * cols);
  }

  /** Columns of the tile that begins at `column0`: a multiple of eight. */
  wide(column0: number): number {
    const { rows, side } = this.operands;
    return Math.min(side, Math.ceil((rows - column0) / 8) * 8);
  }

  /** The rows to multiply next. `placeOf`: the place of row number `at` in `data`, by default the operands'. */
  take(count: number, placeOf: (at: number) => number, data = this.operands.data): void {
    const { cols } = this.operands;
    for (let at = 0; at < count; at++) {
      const place = placeOf(at);
      this.queries.set(data.subarray(place * cols, (place + 1) * cols), at * cols);
    }
  }

  /** Writes the products of `count` rows, taken before, with the tile of columns that begins at `column0` to `out`, line after line. */
  async multiply(count: number, column0: number, out: Float32Array): Promise<void> {
    const { kind, cols } = this.operands;
    if (this.column0 !== column0) this.load(column0);
    const queries = this.queries.subarray(0, count * cols);
    const rows =
      kind === 'bytes'
        ? new this.ort.Tensor('uint8', queries as Uint8Array, [count, cols])
        : new this.ort.Tensor('float32', queries as Float32Array, [count, cols]);
    const scores = new this.ort.Tensor('float32', out, [count, this.wide(column0)]);
    await this.session.run({ rows, ...this.feeds }, { scores });
  }

  private load(column0: number): void {
    const { Tensor } = this.ort;
    const { rows, cols, data, tiles, scales, norms } = this.operands;
    const wide = this.wide(column0);
    const own = this.columns.subarray(0, wide * cols);
    // Copies, as of the columns.
    const part = (array: Float32Array) => array.slice(column0, column0 + wide);
    if (tiles && scales) {
      own.set(tiles.subarray(column0 * cols, (column0 + wide) * cols));
      this.feeds = {
        columns: new Tensor('int8', own as Int8Array, [cols, wide]),
        scales: new Tensor('float32', part(scales), [wide]),
      };
    } else {
      own.fill(0, (Math.min(rows, column0 + wide) - column0) * cols);
      own.set(data.subarray(column0 * cols, Math.min(rows, column0 + wide) * cols));
      this.feeds = {
        columns: new Tensor('float32', own as Float32Array, [wide, cols]),
        norms: new Tensor('float32', part(norms), [wide]),
      };
    }
    this.column0 = column0;
  }
}

import type { Matrix } from '../shapes.js';

/** A row of the table that was read, and the place of a text among those that take part. Two counts, never mixed. */
export type TableRow = number;
export type DocumentNumber = number;

/** Maps documents to table rows. Stages number documents; results are by table row. */
export class Documents {
  /**
   * @param tableRows Table row of each document, ascending.
   * @param count Rows of the table.
   */
  constructor(
    readonly tableRows: Int32Array,
    readonly count: number,
  ) {}

  /** Whether every table row is a document, so that both counts are the same. */
  get isWhole(): boolean {
    return this.tableRows.length === this.count;
  }

  /** Values of documents, `width` each, at their table rows; the other rows of `whole` stay as they are. */
  spread<T extends Int32Array | Float64Array | Float32Array | Uint8Array>(values: T, whole: T, width = 1): T {
    if (this.isWhole) {
      whole.set(values);
      return whole;
    }
    for (const [at, row] of this.tableRows.entries()) {
      whole.set(values.subarray(at * width, (at + 1) * width), row * width);
    }
    return whole;
  }

  /** A matrix of documents as one of table rows; NaN in the others. */
  spreadMatrix(matrix: Matrix): Matrix {
    if (this.isWhole) return matrix;
    const whole = new Float32Array(this.count * matrix.cols).fill(Number.NaN);
    return { data: this.spread(matrix.data, whole, matrix.cols), rows: this.count, cols: matrix.cols };
  }

  /** Values of table rows, of the documents only. */
  gather<T>(values: ArrayLike<T>): T[] {
    return Array.from(this.tableRows, (row) => values[row]);
  }

  rowOf(document: DocumentNumber): TableRow {
    return this.tableRows[document];
  }

  /** Documents of table rows; rows that are none are left out. */
  documentsOf(rows: readonly TableRow[]): DocumentNumber[] {
    const known = new Map(Array.from(this.tableRows, (row, at) => [row, at] as const));
    return rows.flatMap((row) => known.get(row) ?? []);
  }
}

/**
 * Points in square cells, for "what is under the pointer" and "what is inside this outline".
 * Rows of cell c are `rows[start[c] .. start[c + 1])`.
 */
export class Grid {
  readonly #side: number;
  readonly #start: Int32Array;
  readonly #rows: Int32Array;
  readonly #cell: number;

  /** `points` lie in 0..1 × 0..1; NaN points are left out. */
  constructor(private readonly points: Float32Array) {
    const rows = points.length / 2;
    this.#side = Math.max(1, Math.min(1024, Math.ceil(Math.sqrt(rows / 4))));
    this.#cell = 1 / this.#side;
    const start = new Int32Array(this.#side * this.#side + 1);
    const cells = new Int32Array(rows);
    for (let i = 0; i < rows; i++) {
      const x = points[2 * i];
      cells[i] = Number.isNaN(x) ? -1 : this.#column(points[2 * i + 1]) * this.#side + this.#column(x);
      if (cells[i] >= 0) start[cells[i] + 1]++;
    }
    for (let c = 1; c < start.length; c++) start[c] += start[c - 1];
    const next = start.slice();
    this.#rows = new Int32Array(start[start.length - 1]);
    for (let i = 0; i < rows; i++) if (cells[i] >= 0) this.#rows[next[cells[i]]++] = i;
    this.#start = start;
  }

  #column(value: number): number {
    return Math.min(this.#side - 1, Math.max(0, Math.floor(value * this.#side)));
  }

  /** Calls `visit` with every row whose cell touches the box. */
  inBox(left: number, top: number, right: number, bottom: number, visit: (row: number) => void): void {
    for (let cy = this.#column(top); cy <= this.#column(bottom); cy++)
      for (let cx = this.#column(left); cx <= this.#column(right); cx++) {
        const cell = cy * this.#side + cx;
        for (let i = this.#start[cell]; i < this.#start[cell + 1]; i++) visit(this.#rows[i]);
      }
  }

  /** The nearest accepted row within `radius`, -1 without one. */
  nearest(x: number, y: number, radius: number, accept: (row: number) => boolean): number {
    let best = -1;
    let least = radius * radius;
    // From small boxes to the whole radius: most often the nearest is close, and a wide box holds everything.
    for (let reach = Math.min(this.#cell, radius); ; reach = Math.min(reach * 4, radius)) {
      this.inBox(x - reach, y - reach, x + reach, y + reach, (row) => {
        const dx = this.points[2 * row] - x;
        const dy = this.points[2 * row + 1] - y;
        const d = dx * dx + dy * dy;
        if (d < least && accept(row)) {
          least = d;
          best = row;
        }
      });
      if (reach >= radius || (best >= 0 && least <= reach * reach)) return best;
    }
  }
}

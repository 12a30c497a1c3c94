/** Numbers from row to row where a kernel reads rows of so many components: a multiple of four, for its vectors of four. */
export const paddedTo = (components: number): number => Math.ceil(components / 4) * 4;

/** Copies rows of `cols` numbers to rows of `floats`, filled with 0. */
export function widen(from: Float32Array, cols: number, to: Float32Array, floats: number): void {
  to.fill(0);
  for (let at = 0; at < from.length; at++) to[Math.floor(at / cols) * floats + (at % cols)] = from[at];
}

/** Copies rows of `floats` numbers to rows of their first `cols`. */
export function narrow(from: Float32Array, floats: number, to: Float32Array, cols: number): void {
  for (let at = 0; at < to.length; at++) to[at] = from[Math.floor(at / cols) * floats + (at % cols)];
}

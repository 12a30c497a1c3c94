import { TABLE_BASE, TABLE_LAST, TABLE_SHIFT } from '../../build/wasm/layout.js';
import type { Arena } from '../wasm/arena.js';
import type { Curve } from './curve.js';

/** Gradient tables in WebAssembly memory. Pointers. */
export interface Gradients {
  pull: number;
  push: number;
}

/**
 * What pulls neighbours together and pushes others apart along the line between two points, divided by their
 * distance, by squared distance x (McInnes, Healy and Melville 2018, section 3.2).
 */
export function putGradients(arena: Arena, { a, b }: Curve, repulsionStrength: number): Gradients {
  return {
    pull: arena.put(tableOf((x) => (-2 * a * b * x ** (b - 1)) / (1 + a * x ** b))),
    push: arena.put(tableOf((x) => (2 * repulsionStrength * b) / ((0.001 + x) * (1 + a * x ** b)))),
  };
}

/**
 * The gradient at the middle of every step of a squared distance's floating-point bits: what the kernels look up
 * (assembly/layout/gradient.ts).
 */
function tableOf(gradient: (squared: number) => number): Float32Array {
  const bits = new Int32Array(1);
  const squared = new Float32Array(bits.buffer);
  return Float32Array.from({ length: TABLE_LAST + 1 }, (_, step) => {
    bits[0] = TABLE_BASE + (step + 0.5) * 2 ** TABLE_SHIFT;
    return gradient(squared[0]);
  });
}

// Points of the kinds on which float32 and float64 disagree about ties.

/** A repeatable source of numbers in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers at the ends of float32's range and in between. */
const EXTREMES = [
  0, 1.5e-45, 3e-45, 1e-38, 1e-20, 1, 16777216, 1e10, 1e18, 1e37, 1e38, 3.4028234663852886e38,
];

type Make = (random: () => number, rows: number, cols: number) => number[][];

const table = (rows: number, cols: number, value: (row: number, col: number) => number): number[][] =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: cols }, (__, col) => Math.fround(value(row, col))),
  );

/** A grid with `levels` steps of `step`, rounded to float32 as a file of decimals is. */
const lattice =
  (step: number, levels: number): Make =>
  (random, rows, cols) =>
    table(rows, cols, () => Math.round(random() * levels) * step);

export const KINDS = {
  tenths: lattice(0.1, 12),
  'few tenths': lattice(0.1, 3),
  /** Every point of a grid of tenths: nearly all distances tie with others in float32 only. */
  'grid of tenths': (random, _, cols) => {
    const side = [1, 40, 9, 5, 3][Math.min(cols, 4)];
    const start = Math.floor(random() * 5);
    return table(side ** Math.min(cols, 4), Math.min(cols, 4), (row, col) => {
      return (start + (Math.floor(row / side ** col) % side)) * 0.1;
    });
  },
  twentieths: lattice(0.05, 9),
  'whole numbers': lattice(1, 4),
  /** All sixteenths are float32 numbers: ties are ties. */
  sixteenths: lattice(1 / 16, 9),
  '8 bits': (random, rows, cols) => table(rows, cols, () => Math.floor(random() ** 2 * 40) / 255),
  '16 bits': (random, rows, cols) =>
    table(rows, cols, (row) => Math.floor(30_000 + (row % 3) * 9000 + random() * 50) / 65_535),
  'int8 vectors': (random, rows, cols) =>
    table(rows, cols, (row, col) => Math.round(((row * 7 + col) % 3) * 40 + random() * 6) * 0.0078125 * 0.7),
  /** Corners of a simplex, nearly: distances differ by billionths, or not at all. */
  simplex: (random, rows, cols) =>
    table(rows, cols, (row, col) => (row % cols === col ? 1 : 0) + (random() - 0.5) * 4e-9),
  'exact simplex': (random, rows, cols) =>
    table(rows, cols, (row, col) => (row % cols === col ? 0.7 : 0) + (random() < 0.2 ? 0.1 : 0)),
  /** Points on circles around each other, by angles that divide a circle. */
  rings: (random, rows, cols) =>
    Array.from({ length: rows }, (_, row) => {
      const angle = (Math.floor(random() * 24) / 24) * 2 * Math.PI;
      const radius = 1 + (row % 2);
      const place = [Math.cos(angle) * radius, Math.sin(angle) * radius, (row % 3) * 0.5, 0, 0, 0, 0];
      return place.slice(0, cols).map(Math.fround);
    }),
  /** The same tenths far from zero, where float32 has few digits left for them. */
  'far tenths': (random, rows, cols) => table(rows, cols, () => 1000 + Math.round(random() * 8) * 0.1),
  extremes: (random, rows, cols) =>
    table(rows, cols, () => (random() < 0.2 ? -1 : 1) * EXTREMES[Math.floor(random() * EXTREMES.length)]),
  'tiny tenths': (random, rows, cols) => table(rows, cols, () => Math.round(random() * 9) * 1e-21),
  'huge tenths': (random, rows, cols) => table(rows, cols, () => Math.round(random() * 9) * 1e24),
  tiniest: (random, rows, cols) => table(rows, cols, () => Math.round(random() * 9) * 2 ** -149),
} satisfies Record<string, Make>;

export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** Seeded random numbers outside WebAssembly, for start positions and noise. */
export interface Random {
  /** From 0 up to, not including, 1. */
  uniform(): number;
  /** Mean 0, variance 1. */
  normal(): number;
}

/** A whole number as 32 bits: a small one as it is; of others the upper half is mixed in, so that 2³² + 7 is not 7. */
export function seedOf(seed: number): number {
  const upper = Math.floor(seed / 2 ** 32);
  return (seed | 0) ^ Math.imul(upper, 0x9e3779b1);
}

/** The sequence depends on `seed` alone (a Weyl sequence through Wellons' 32-bit mixer). */
export function seededRandom(seed: number): Random {
  let state = seedOf(seed);
  const uniform = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  };
  // Box and Muller; the second number of each pair is not worth keeping
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

// Random numbers that depend on what is drawn for (seed, epoch, task or row), never on the thread or the moment.

/** Spreads every input bit over all output bits, in each lane (Wellons' lowbias32 constants). */
@inline
export function mix(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x7feb352d));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** Four generators' first states, none of them 0. */
@inline
export function seeded(seed: i32, epoch: i32, key: i32): v128 {
  const lanes = i32x4.add(i32x4.splat(key), i32x4(0, 0x3c6ef372, 0x78dde6e4, -0x4ab325aa));
  const epochs = mix(i32x4.splat(seed + epoch * 0x61c88647));
  return v128.or(mix(v128.xor(mix(lanes), epochs)), i32x4.splat(1));
}

/** The next state of each lane: Marsaglia's xorshift32. */
@inline
export function next(x: v128): v128 {
  x = v128.xor(x, i32x4.shl(x, 13));
  x = v128.xor(x, i32x4.shr_u(x, 17));
  return v128.xor(x, i32x4.shl(x, 5));
}

/** A number below `count` from each lane's 32 bits, without a division. */
@inline
export function below(x: v128, count: v128): v128 {
  const low = i64x2.extmul_low_i32x4_u(x, count);
  const high = i64x2.extmul_high_i32x4_u(x, count);
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

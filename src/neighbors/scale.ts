import type { Matrix } from '../shapes.js';

// Kernels square differences in float32, which ends at 2¹²⁸ and loses digits below 2⁻¹²⁶. Points are multiplied by a power of
// two before, which rounds nothing, so distances are multiplied by it, to the last bit.

/** Points whose largest number lies between these powers of two are not scaled. */
const COMFORTABLE = { least: -20, most: 50 };
/** Where the largest number of other points is moved: 64 squares fit below 2¹²⁸, and differences of 2⁻⁶⁰ have squares. */
const TARGET = 40;
/** Exponents of float32's smallest number, and of its smallest number with all digits. */
const SMALLEST = -149;
const SMALLEST_NORMAL = -126;
/** Distances below 2 to this are numbers in float32. */
const LARGEST = 127;

export interface Scale {
  /** Points times 2 to this are exact in float32, and so are kernels' squares of them in range. 0: no scaling. */
  exponent: number;
  /** Some distance may be beyond float32's range even then, since tiny numbers next to huge ones can't be made smaller. */
  isTooWide: boolean;
  /** All distances, before and after, have all digits in float32: those after can be turned into those before. */
  isReversible: boolean;
  /** All numbers are known to be finite. */
  areFinite: boolean;
}

const AS_THEY_ARE: Scale = { exponent: 0, isTooWide: false, isReversible: true, areFinite: false };

/** Numbers that aren't finite are left out. */
export function chooseScale({ data, cols }: Matrix): Scale {
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  // No number has all bits of the exponent then, as infinities and NaN do.
  if (areComfortable(bits)) return { ...AS_THEY_ARE, areFinite: true };
  let largest = 0;
  for (let at = 0; at < bits.length; at++) {
    const magnitude = bits[at] & 0x7fffffff;
    if (magnitude > largest && magnitude < 0x7f800000) largest = magnitude;
  }
  if (largest === 0) return AS_THEY_ARE;
  // All numbers are below 2 to this, all distances below 2 to the next.
  const most = largest >= 0x800000 ? (largest >> 23) - 126 : SMALLEST + 32 - Math.clz32(largest);
  const farthest = most + 1 + Math.ceil(Math.log2(cols) / 2);
  if (most >= COMFORTABLE.least && most <= COMFORTABLE.most) return AS_THEY_ARE;
  const lowest = lowestBit(bits);
  const exponent = Math.max(TARGET - most, Math.min(0, SMALLEST - lowest));
  return {
    exponent,
    isTooWide: farthest + exponent > LARGEST,
    isReversible: farthest <= LARGEST && lowest + Math.min(0, exponent) >= SMALLEST_NORMAL,
    areFinite: false,
  };
}

/**
 * Whether it is plain at a glance that no scaling is due: all bits of all numbers together have no exponent above COMFORTABLE, and
 * one of the first numbers has one that isn't below.
 */
function areComfortable(bits: Int32Array): boolean {
  const exponentOf = (word: number): number => ((word & 0x7fffffff) >> 23) - 126;
  if (exponentOf(unitedBits(bits)) > COMFORTABLE.most) return false;
  return bits.subarray(0, 64).some((word) => exponentOf(word) >= COMFORTABLE.least);
}

/** The bits that are set in any number. */
export function unitedBits(bits: Int32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let at = 0;
  for (const end = bits.length & ~3; at < end; at += 4) {
    a |= bits[at];
    b |= bits[at + 1];
    c |= bits[at + 2];
    d |= bits[at + 3];
  }
  for (; at < bits.length; at++) a |= bits[at];
  return a | b | c | d;
}

/** The exponent of the lowest bit that is set in any finite number. */
function lowestBit(bits: Int32Array): number {
  let lowest = LARGEST;
  for (let at = 0; at < bits.length; at++) {
    const magnitude = bits[at] & 0x7fffffff;
    if (magnitude === 0 || magnitude >= 0x7f800000) continue;
    const exponent = magnitude >> 23;
    const mantissa = exponent === 0 ? magnitude : (magnitude & 0x7fffff) | 0x800000;
    const trailing = 31 - Math.clz32(mantissa & -mantissa);
    lowest = Math.min(lowest, SMALLEST + Math.max(0, exponent - 1) + trailing);
  }
  return lowest;
}

/** A copy of points times 2 to the exponent. */
export function scaleBy({ data, rows, cols }: Matrix, exponent: number): Matrix {
  const factor = 2 ** exponent;
  return { data: data.map((number) => number * factor), rows, cols };
}

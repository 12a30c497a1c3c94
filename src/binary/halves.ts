const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** IEEE 754 binary16, round to nearest, ties to even. */
export function floatToHalf(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0];
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const shifted = exponent - 112; // bias 127 becomes 15
  if (shifted >= 31) return sign | 0x7c00;
  if (shifted <= 0) {
    if (shifted < -10) return sign;
    const whole = fraction | 0x800000;
    const shift = 14 - shifted;
    return sign | roundShift(whole, shift);
  }
  // A carry out of the fraction raises the exponent, as it should.
  return sign | ((shifted << 10) + roundShift(fraction, 13));
}

function roundShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const lost = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return kept + (lost > half || (lost === half && (kept & 1) === 1) ? 1 : 0);
}

/** The number of every one of the 65,536 halves; 256 KB, made with the first. */
let numberOf: Float32Array | undefined;

function numbersOfHalves(): Float32Array {
  if (numberOf) return numberOf;
  const numbers = new Float32Array(65_536);
  const bits = new Uint32Array(numbers.buffer);
  for (let half = 0; half < 65_536; half++) {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >>> 10) & 31;
    const fraction = half & 0x3ff;
    if (exponent === 31) bits[half] = sign | 0x7f800000 | (fraction << 13);
    else if (exponent > 0) bits[half] = sign | ((exponent + 112) << 23) | (fraction << 13);
    // Subnormal: a multiple of 2 ** -24.
    else numbers[half] = (sign === 0 ? fraction : -fraction) * 2 ** -24;
  }
  numberOf = numbers;
  return numbers;
}

/** The number that the 16 bits of an IEEE 754 binary16 stand for. */
export const halfToFloat = (half: number): number => numbersOfHalves()[half];

/** The same for many, by a look-up each: a hundred million a second and more. */
export function halvesToFloats(halves: Uint16Array): Float32Array {
  const numbers = numbersOfHalves();
  const out = new Float32Array(halves.length);
  for (let index = 0; index < halves.length; index++) out[index] = numbers[halves[index]];
  return out;
}

/** bfloat16: the upper half of a float32, round to nearest, ties to even. */
export function floatToBrain(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0];
  if (Number.isNaN(value)) return (bits >>> 16) | 0x40;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The number that the 16 bits of a bfloat16 stand for. */
export function brainToFloat(brain: number): number {
  scratchBits[0] = brain << 16;
  return scratch[0];
}

/** The same for many. */
export function brainsToFloats(brains: Uint16Array): Float32Array {
  const bits = new Uint32Array(brains.length);
  for (let index = 0; index < brains.length; index++) bits[index] = brains[index] << 16;
  return new Float32Array(bits.buffer);
}

import { endianness } from 'node:os';
import { viewBytes } from './bytes.js';

/**
 * The bytes of numbers, the lowest first; a copy on the few machines that keep them the other way round.
 * @param width bytes of a number: 4 or 8
 */
export function littleEndian(
  numbers: Float32Array | Float64Array | Int32Array | Uint8Array,
  width: number = numbers.BYTES_PER_ELEMENT,
): Uint8Array {
  const bytes = viewBytes(numbers);
  if (endianness() === 'LE') return bytes;
  const swapped = Buffer.from(bytes);
  return width === 8 ? swapped.swap64() : swapped.swap32();
}

/** A copy of the numbers that `littleEndian` gave the bytes of. */
export function floatsOf(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(bytes.length / 4);
  viewBytes(numbers).set(bytes);
  if (endianness() !== 'LE') Buffer.from(numbers.buffer).swap32();
  return numbers;
}

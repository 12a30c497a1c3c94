/**
 * Arrays of numbers as bytes that compress well: the first bytes of all numbers, then the second bytes of all, and so on,
 * least significant first. Bytes of one place resemble each other more than the bytes of one number.
 */

/** Bytes of numbers that are `width` bytes wide each, place by place. */
export function toPlanes(array: ArrayBufferView, width: number): Uint8Array {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const count = bytes.length / width;
  const planes = new Uint8Array(bytes.length);
  for (let place = 0; place < width; place++)
    for (let i = 0; i < count; i++) planes[place * count + i] = bytes[i * width + place];
  return planes;
}

/** The bytes that {@link toPlanes} had. */
export function fromPlanes(planes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const count = planes.length / width;
  const bytes = new Uint8Array(planes.length);
  for (let place = 0; place < width; place++)
    for (let i = 0; i < count; i++) bytes[i * width + place] = planes[place * count + i];
  return bytes;
}

/** Bytes before the planes of whole numbers. */
const HEAD = 5;

/** Whole numbers: | the least of them i32 | number of planes u8, 1 to 4 | how far each is above the least, in planes |. */
export function packIntegers(values: Int32Array): Uint8Array {
  const least = values.reduce((a, b) => Math.min(a, b), values[0] ?? 0);
  const above = Uint32Array.from(values, (value) => value - least);
  const most = above.reduce((a, b) => Math.max(a, b), 0);
  const width = most < 2 ** 8 ? 1 : most < 2 ** 16 ? 2 : most < 2 ** 24 ? 3 : 4;
  const packed = new Uint8Array(HEAD + width * values.length);
  new DataView(packed.buffer).setInt32(0, least, true);
  packed[HEAD - 1] = width;
  packed.set(toPlanes(above, 4).subarray(0, width * values.length), HEAD);
  return packed;
}

/** The numbers of {@link packIntegers}; none of no bytes. */
export function unpackIntegers(packed: Uint8Array): Int32Array {
  if (packed.length < HEAD) return new Int32Array(0);
  const least = new DataView(packed.buffer, packed.byteOffset).getInt32(0, true);
  const width = packed[HEAD - 1];
  const count = (packed.length - HEAD) / width;
  const values = new Int32Array(count);
  for (let place = 0; place < width; place++) {
    const from = HEAD + place * count;
    for (let i = 0; i < count; i++) values[i] |= packed[from + i] << (8 * place);
  }
  // `| 0` keeps the sum within 32 bits where a number lies 2³¹ or more above the least.
  for (let i = 0; i < count; i++) values[i] = (values[i] + least) | 0;
  return values;
}

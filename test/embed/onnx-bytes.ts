/** Protocol buffers by hand, for ONNX files that no exporter would write. */
export function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) return Buffer.from(bytes);
  }
}

/** A tensor with its numbers in another file. */
export const tensorIn = (location: string): Buffer =>
  field(13, Buffer.concat([field(1, 'location'), field(2, location)]));

/** A model whose graph has one initializer, in another file. */
export const onnxWithWeights = (location: string): Buffer => field(7, field(5, tensorIn(location)));

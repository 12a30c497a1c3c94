/** Writes safetensors files for tests, also such as no library would write. */
export interface Part {
  name: string;
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

export const part = (
  name: string,
  dtype: string,
  shape: number[],
  data: Float32Array | Int8Array | Uint16Array | BigInt64Array,
): Part => ({ name, dtype, shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });

export function safetensors(parts: Part[]): Buffer {
  let at = 0;
  const header = Object.fromEntries(
    parts.map(({ name, dtype, shape, bytes }) => {
      const data_offsets = [at, at + bytes.length];
      at += bytes.length;
      return [name, { dtype, shape, data_offsets }];
    }),
  );
  return withHeader(JSON.stringify(header), Buffer.concat(parts.map(({ bytes }) => bytes)));
}

export function withHeader(header: string, data = Buffer.alloc(0)): Buffer {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

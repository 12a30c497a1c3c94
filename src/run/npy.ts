import { littleEndian } from '../binary/little-endian.js';
import type { Piece } from '../files/replace.js';

/** Numbers of one kind, as NumPy and this process name them. */
const KINDS = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '<i4': Int32Array,
} as const;

type Kind = keyof typeof KINDS;
type Numbers = Float32Array | Float64Array | Int32Array;

/** A row-major array of two dimensions. */
export interface NpyArray<T extends Numbers = Numbers> {
  data: T;
  rows: number;
  cols: number;
}

/** Bytes given to the disk at a time. */
const PIECE = 1 << 24;
/** The header ends at a multiple of this (numpy.lib.format). */
const ALIGNMENT = 64;

/** A `.npy` file, format 1.0, in pieces. */
export function* npyPieces({ data, rows, cols }: NpyArray): Generator<Piece> {
  const kind = kindOf(data);
  const text = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  // Magic and version take 8 bytes, the length 2, the line break 1.
  const length = Math.ceil((text.length + 11) / ALIGNMENT) * ALIGNMENT - 10;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(length, 8);
  yield Buffer.concat([head, Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1')]);
  const bytes = littleEndian(data);
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

function kindOf(data: Numbers): Kind {
  if (data instanceof Float32Array) return '<f4';
  return data instanceof Int32Array ? '<i4' : '<f8';
}

/** The array of a file that `npyPieces` wrote; undefined where the bytes are of another kind. */
export function parseNpy(bytes: Uint8Array): NpyArray | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 10 || Buffer.from(bytes.subarray(0, 8)).toString('latin1') !== '\x93NUMPY\x01\x00')
    return undefined;
  const start = 10 + view.getUint16(8, true);
  const text = Buffer.from(bytes.subarray(10, start)).toString('latin1');
  const [, kind, rows, cols] =
    /^\{'descr': '(<f4|<f8|<i4)', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \}\s*$/.exec(text) ?? [];
  if (kind === undefined) return undefined;
  const Numbers = KINDS[kind as Kind];
  const size = Number(rows) * Number(cols);
  if (bytes.length - start !== size * Numbers.BYTES_PER_ELEMENT) return undefined;
  // A copy begins at a multiple of the numbers' width, which the bytes of the file may not.
  const data = new Numbers(size);
  new Uint8Array(data.buffer).set(littleEndian(bytes.subarray(start), Numbers.BYTES_PER_ELEMENT));
  return { data, rows: Number(rows), cols: Number(cols) };
}

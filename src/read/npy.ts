import { type FileHandle, open } from 'node:fs/promises';
import { counted } from '../counted.js';
import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';

/** Whether `vectors` names a file, not a column. */
export const isNpy = (vectors: string): boolean => /\.npy$/i.test(vectors);

const MAGIC = '\x93NUMPY';
/** Bytes read at a time. */
const PIECE = 1 << 24;
/** A header is some hundred bytes; larger ones are not of a plain array. */
const LONGEST_HEADER = 1 << 16;

interface Header {
  rows: number;
  cols: number;
  /** Bytes of a number. */
  width: 4 | 8;
  isLittle: boolean;
  /** Columns one after the other. */
  isFortran: boolean;
  /** Where the numbers begin. */
  start: number;
}

/**
 * Reads a NumPy array of two dimensions, float32 or float64 (format 1 to 3, numpy.lib.format).
 * @throws UserError for a file that is missing, damaged or of another kind.
 */
export async function readNpy(path: string, { signal }: Watch = {}): Promise<Matrix> {
  const refuse = (what: string, cause?: unknown) =>
    new UserError(`vectors ${path}: ${what}; expected a .npy file of float32 or float64, rows × columns`, {
      code: 'VECTORS_INVALID',
      option: 'vectors',
      file: path,
      cause,
    });
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw refuse(cause.code === 'ENOENT' ? 'no such file' : `can't be read (${cause.code})`, cause);
  });
  try {
    const header = await readHeader(file);
    if (typeof header === 'string') throw refuse(header);
    const { rows, cols, width, start } = header;
    const { size } = await file.stat();
    if (size !== start + rows * cols * width) {
      throw refuse(
        `${rows} × ${cols} numbers need ${start + rows * cols * width} bytes, the file has ${size}`,
      );
    }
    const data = new Float32Array(rows * cols);
    const piece = Buffer.alloc(Math.min(PIECE, rows * cols * width));
    for (let at = 0; at < data.length; ) {
      signal?.throwIfAborted();
      const wanted = Math.min(piece.length, (data.length - at) * width);
      const { bytesRead: got } = await file.read(piece, 0, wanted, start + at * width);
      const numbers = Math.floor(got / width);
      if (numbers === 0) throw refuse('the file ended while it was read');
      place(piece, numbers, at, header, data);
      at += numbers;
    }
    return { data, rows, cols };
  } finally {
    await file.close();
  }
}

async function readHeader(file: FileHandle): Promise<Header | string> {
  const head = Buffer.alloc(LONGEST_HEADER);
  const { bytesRead } = await file.read(head, 0, LONGEST_HEADER, 0);
  return headerOf(head.subarray(0, bytesRead));
}

/** Rows and columns of a `.npy` file, without reading its numbers; undefined where it can't be read as one. */
export async function npyShape(path: string): Promise<Pick<Header, 'rows' | 'cols'> | undefined> {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  try {
    const header = await readHeader(file);
    return typeof header === 'string' ? undefined : { rows: header.rows, cols: header.cols };
  } finally {
    await file.close();
  }
}

function place(piece: Buffer, numbers: number, from: number, header: Header, data: Float32Array): void {
  const { rows, cols, width, isLittle, isFortran } = header;
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  for (let i = 0; i < numbers; i++) {
    const value = width === 4 ? view.getFloat32(i * 4, isLittle) : view.getFloat64(i * 8, isLittle);
    const at = from + i;
    data[isFortran ? (at % rows) * cols + Math.floor(at / rows) : at] = value;
  }
}

/** The header, or what is wrong with it. */
function headerOf(bytes: Buffer): Header | string {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== MAGIC) return 'not a NumPy array';
  const wide = bytes[6] >= 2;
  const length = wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const begin = wide ? 12 : 10;
  const start = begin + length;
  if (start > bytes.length) return 'the header is cut off';
  const text = bytes.toString('utf8', begin, start);
  const [, order, kind, width] = /'descr':\s*'([<>=|])([a-z])(\d+)'/.exec(text) ?? [];
  const [, fortran] = /'fortran_order':\s*(True|False)/.exec(text) ?? [];
  const [, shape] = /'shape':\s*\(([\d,\s]*)\)/.exec(text) ?? [];
  if (order === undefined || fortran === undefined || shape === undefined)
    return 'an array of records or objects';
  const sizes = shape
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (sizes.length !== 2) return `an array of ${counted(sizes.length, 'dimension')}`;
  if (kind !== 'f' || (width !== '4' && width !== '8')) return `numbers of type ${kind}${width}`;
  const [rows, cols] = sizes;
  if (cols === 0) return 'vectors without numbers';
  return {
    rows,
    cols,
    width: width === '4' ? 4 : 8,
    isLittle: order !== '>',
    isFortran: fortran === 'True',
    start,
  };
}

import { open } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import { viewBytes } from '../binary/bytes.js';
import { replaceFile } from '../files/replace.js';

/*
 * What a stage returned, in a file: arrays of numbers as they lie in memory, the objects around them by V8's serializer.
 *   | magic u32 | bytes of the head u32 | crc of the rest u32 | head | numbers of each array |
 */
const MAGIC = 0x31_54_53_44; // "DST1"
const START = 12;
/** Bytes written or read at a time. */
const PIECE = 1 << 24;

const KINDS = { Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array } as const;
type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Arrays that are in memory anyway, by a name that the file has in their place. */
export type Known = Readonly<Record<string, Numbers | undefined>>;

interface Head {
  value: unknown;
  arrays: { kind: keyof typeof KINDS; length: number }[];
}

/** Stands for an array in the head: a number of `arrays`, or the name of a known one. */
class Place {
  constructor(readonly array: number | string) {}
}
const isPlace = (value: object): value is Place => 'array' in value && Object.keys(value).length === 1;

const isNumbers = (value: unknown): value is Numbers =>
  ArrayBuffer.isView(value) && value.constructor.name in KINDS;

/** The value with every array of numbers replaced; one that occurs twice is one array. */
function withoutArrays(value: unknown, known: Known): { value: unknown; arrays: Numbers[] } {
  const places = new Map<unknown, Place>(
    Object.entries(known).map(([name, array]) => [array, new Place(name)]),
  );
  const arrays: Numbers[] = [];
  const visit = (at: unknown): unknown => {
    if (isNumbers(at)) {
      const place = places.get(at) ?? new Place(arrays.push(at) - 1);
      places.set(at, place);
      return { ...place };
    }
    if (Array.isArray(at)) return at.map(visit);
    if (typeof at !== 'object' || at === null) return at;
    return Object.fromEntries(Object.entries(at).map(([name, part]) => [name, visit(part)]));
  };
  return { value: visit(value), arrays };
}

function withArrays(value: unknown, arrays: Numbers[], known: Known): unknown {
  const visit = (at: unknown): unknown => {
    if (Array.isArray(at)) return at.map(visit);
    if (typeof at !== 'object' || at === null) return at;
    if (isPlace(at)) return typeof at.array === 'number' ? arrays[at.array] : known[at.array];
    return Object.fromEntries(Object.entries(at).map(([name, part]) => [name, visit(part)]));
  };
  return visit(value);
}

/** Bytes that the arrays of a value take. */
export const sizeOf = (value: unknown, known: Known): number =>
  withoutArrays(value, known).arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** Writes what a stage returned: plain objects, arrays, numbers, texts, and arrays of numbers. */
export async function writeStage(
  path: string,
  result: unknown,
  known: Known,
  signal?: AbortSignal,
): Promise<void> {
  const { value, arrays } = withoutArrays(result, known);
  const about = arrays.map((array) => ({ kind: array.constructor.name, length: array.length }));
  const head = serialize({ value, arrays: about });
  const start = Buffer.alloc(START);
  start.writeUInt32LE(MAGIC, 0);
  start.writeUInt32LE(head.length, 4);
  start.writeUInt32LE(
    arrays.reduce((crc, array) => crc32(viewBytes(array), crc), crc32(head)),
    8,
  );
  await replaceFile(
    path,
    async (write) => {
      await write(start);
      await write(head);
      for (const array of arrays) {
        const bytes = viewBytes(array);
        for (let at = 0; at < bytes.length; at += PIECE) await write(bytes.subarray(at, at + PIECE));
      }
    },
    { signal },
  );
}

/** What was written; undefined where the file is missing, cut off or damaged. */
export async function readStage(path: string, known: Known, signal?: AbortSignal): Promise<unknown> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return undefined;
  try {
    let at = 0;
    const fill = async <T extends Uint8Array>(bytes: T): Promise<T | undefined> => {
      for (let done = 0; done < bytes.length; ) {
        signal?.throwIfAborted();
        const { bytesRead } = await file.read(bytes, done, Math.min(PIECE, bytes.length - done), at);
        if (bytesRead === 0) return undefined;
        done += bytesRead;
        at += bytesRead;
      }
      return bytes;
    };
    const { size } = await file.stat();
    const start = await fill(Buffer.alloc(START));
    if (start?.readUInt32LE(0) !== MAGIC) return undefined;
    const [headLength, wanted] = [start.readUInt32LE(4), start.readUInt32LE(8)];
    if (START + headLength > size) return undefined;
    const head = await fill(Buffer.alloc(headLength));
    if (!head) return undefined;
    let crc = crc32(head);
    const { value, arrays: about } = deserialize(head) as Head;
    const arrays: Numbers[] = [];
    for (const { kind, length } of about) {
      const array = new KINDS[kind](length);
      const bytes = await fill(viewBytes(array));
      if (!bytes) return undefined;
      crc = crc32(bytes, crc);
      arrays.push(array);
    }
    return crc === wanted && at === size ? withArrays(value, arrays, known) : undefined;
  } catch (error) {
    signal?.throwIfAborted();
    // A head that V8 can't read is damaged, and so is a length that no array can have.
    if (error instanceof Error) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

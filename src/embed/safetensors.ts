import { open } from 'node:fs/promises';
import * as v from 'valibot';
import { brainsToFloats, halvesToFloats } from '../binary/halves.js';
import { UserError } from '../errors.js';
import { fromJson } from '../outside.js';

/*
 * | header bytes u64 | header, JSON: name → { dtype, shape, data_offsets } | tensors, little-endian |
 * Offsets count from the end of the header. https://github.com/huggingface/safetensors#format
 */

/** A header larger than this is no header: the format itself allows 100 MB, a static model needs 300 bytes. */
const MOST_HEADER = 16 << 20;

const Whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const TensorShape = v.object({
  dtype: v.string(),
  shape: v.pipe(v.array(Whole), v.maxLength(8)),
  data_offsets: v.tuple([Whole, Whole]),
});
const Header = v.record(v.string(), v.unknown());

const BYTES: Record<string, number> = { F64: 8, F32: 4, F16: 2, BF16: 2, I8: 1, I32: 4, I64: 8 };

/** A tensor's numbers: as they are stored where JavaScript has the type, else the nearest one. */
export interface Tensor {
  dtype: string;
  shape: number[];
  data: Float32Array | Float64Array | Int8Array | Int32Array;
}

/**
 * The tensors of a safetensors file that have one of `names`.
 * @throws UserError that names `source` for a file that is damaged or of another kind.
 */
export async function readSafetensors(
  file: string,
  names: string[],
  source: string,
): Promise<Map<string, Tensor>> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const lengths = Buffer.alloc(8);
    const { bytesRead } = await handle.read(lengths, 0, 8, 0);
    const length = bytesRead === 8 ? Number(lengths.readBigUInt64LE()) : Number.POSITIVE_INFINITY;
    if (length > Math.min(MOST_HEADER, size - 8)) {
      throw new UserError(`${source} is not a safetensors file, or is cut; download it again`, {
        code: 'MODEL_INVALID',
        option: 'model',
      });
    }
    const text = Buffer.alloc(length);
    await handle.read(text, 0, length, 8);
    const header = fromJson(
      text.toString('utf8'),
      Header,
      `${source}: its header`,
      (message) => new UserError(message, { code: 'MODEL_INVALID', option: 'model' }),
    );
    const tensors = new Map<string, Tensor>();
    for (const name of names) {
      if (!Object.hasOwn(header, name)) continue;
      const place = `${source}: tensor ${name}`;
      const checked = v.safeParse(TensorShape, header[name]);
      if (!checked.success)
        throw new UserError(`${place} has no dtype, shape and offsets`, {
          code: 'MODEL_INVALID',
          option: 'model',
        });
      const { dtype, shape, data_offsets } = checked.output;
      const width = Object.hasOwn(BYTES, dtype) ? BYTES[dtype] : undefined;
      if (width === undefined) {
        throw new UserError(
          `${place} has the type ${dtype}; denscape reads ${Object.keys(BYTES).join(', ')}`,
          { code: 'MODEL_INVALID', option: 'model' },
        );
      }
      const [start, end] = data_offsets;
      const bytes = shape.reduce((product, one) => product * one, width);
      if (end - start !== bytes || 8 + length + end > size) {
        throw new UserError(`${place} does not lie in the file as its shape says; download it again`, {
          code: 'MODEL_INVALID',
          option: 'model',
        });
      }
      const buffer = new ArrayBuffer(bytes);
      await readAll(handle, new Uint8Array(buffer), 8 + length + start, place);
      tensors.set(name, { dtype, shape, data: numbersOf(buffer, dtype) });
    }
    return tensors;
  } finally {
    await handle.close();
  }
}

/** Read in pieces: one call takes at most 2 GiB. */
async function readAll(
  handle: Awaited<ReturnType<typeof open>>,
  into: Uint8Array,
  from: number,
  place: string,
): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, Math.min(1 << 28, into.length - done), from + done);
    if (bytesRead === 0)
      throw new UserError(`${place} became shorter while it was read`, {
        code: 'MODEL_INVALID',
        option: 'model',
      });
    done += bytesRead;
  }
}

function numbersOf(buffer: ArrayBuffer, dtype: string): Tensor['data'] {
  if (dtype === 'F64') return new Float64Array(buffer);
  if (dtype === 'I8') return new Int8Array(buffer);
  if (dtype === 'I32') return new Int32Array(buffer);
  if (dtype === 'I64') return Float64Array.from(new BigInt64Array(buffer), Number);
  if (dtype === 'F16') return halvesToFloats(new Uint16Array(buffer));
  if (dtype === 'F32') return new Float32Array(buffer);
  return brainsToFloats(new Uint16Array(buffer));
}

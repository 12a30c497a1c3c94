import { viewBytes } from '../binary/bytes.js';

/** Bytes of a WebAssembly page. */
const PAGE = 65_536;
/** A 32-bit memory ends here. */
const LIMIT = 65_536 * PAGE;

/**
 * A bump arena over one WebAssembly memory: the only file that hands out pointers into it.
 *
 * | static data of the module | allocations, 16-byte aligned, in order … | top → |
 *
 * Views are taken fresh by every call, since growing a memory detaches the old ones. Pointers above 2 GiB come
 * out of WebAssembly negative: `>>> 0` them before use.
 */
export class Arena {
  private top: number;

  constructor(
    readonly memory: WebAssembly.Memory,
    start: number,
  ) {
    this.top = align(start);
  }

  /** A pointer to `bytes` free bytes, which may hold anything. Throws a RangeError past 4 GiB. */
  alloc(bytes: number): number {
    const pointer = this.top;
    const end = align(pointer + bytes);
    if (end > LIMIT) {
      throw new RangeError(
        `needs ${(end / 2 ** 30).toFixed(1)} GiB of WebAssembly memory, 4 GiB is the most there is`,
      );
    }
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    this.top = end;
    return pointer;
  }

  /** Everything allocated after `mark()` is given back by `release(mark)`. */
  mark(): number {
    return this.top;
  }

  release(mark: number): void {
    this.top = mark;
  }

  /** Copies an array in and returns its pointer. */
  put(array: Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array): number {
    const pointer = this.alloc(array.byteLength);
    new Uint8Array(this.memory.buffer, pointer, array.byteLength).set(viewBytes(array));
    return pointer;
  }

  f32(pointer: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, pointer, length);
  }

  f64(pointer: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, pointer, length);
  }

  i32(pointer: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, pointer, length);
  }

  u8(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, pointer, length);
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/embed/safetensors.js';
import { UserError } from '../../src/errors.js';
import { part, safetensors, withHeader } from './safetensors-bytes.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denscape-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(bytes: Uint8Array, names = ['a', 'b']) {
  const file = join(folder, 'model.safetensors');
  await writeFile(file, bytes);
  return readSafetensors(file, names, 'weights');
}

describe('tensors', () => {
  it('of each type come back as numbers, the requested ones alone', async () => {
    const file = safetensors([
      part('other', 'F32', [1], Float32Array.of(9)),
      part('a', 'F32', [2, 2], Float32Array.of(1, -2, 0.5, 4)),
      part('b', 'I64', [2], BigInt64Array.of(7n, -1n)),
    ]);
    const tensors = await read(file);
    expect([...tensors.keys()]).toEqual(['a', 'b']);
    expect(tensors.get('a')).toEqual({ dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 4) });
    expect([...(tensors.get('b')?.data ?? [])]).toEqual([7, -1]);
  });

  it.each([
    ['F16', Uint16Array.of(0x3c00, 0xc000, 0x3800)],
    ['BF16', Uint16Array.of(0x3f80, 0xc000, 0x3f00)],
  ])('of %s too', async (dtype, data) => {
    const tensors = await read(safetensors([part('a', dtype, [3], data)]));
    expect([...(tensors.get('a')?.data ?? [])]).toEqual([1, -2, 0.5]);
  });
});

describe('a damaged file is refused with its name', () => {
  const stated = (a: unknown) => withHeader(JSON.stringify({ a }), Buffer.alloc(8));
  it.each([
    ['empty', Buffer.alloc(0), /not a safetensors file, or is cut/],
    ['text', Buffer.from('version https://git-lfs.github.com/spec/v1'), /not a safetensors file/],
    ['a header of 2^63 bytes', Buffer.alloc(8, 0x7f), /not a safetensors file/],
    ['no JSON', withHeader('{"a":'), /its header is not JSON/],
    ['null', withHeader('null'), /its header has another shape/],
    ['a tensor of null', stated(null), /tensor a has no dtype, shape and offsets/],
    ['offsets of text', stated({ dtype: 'F32', shape: [2], data_offsets: ['0', '8'] }), /has no dtype/],
    ['an unknown type', stated({ dtype: 'C64', shape: [1], data_offsets: [0, 8] }), /has the type C64/],
    ['a type of Object', stated({ dtype: 'constructor', shape: [1], data_offsets: [0, 8] }), /has the type/],
    ['a shape too large', stated({ dtype: 'F32', shape: [1e9, 1e9], data_offsets: [0, 8] }), /does not lie/],
    ['offsets past the end', stated({ dtype: 'F32', shape: [2], data_offsets: [8, 16] }), /does not lie/],
    ['offsets backwards', stated({ dtype: 'F32', shape: [2], data_offsets: [8, 0] }), /does not lie/],
  ])('%s', async (_, bytes, message) => {
    const error = await read(bytes).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(message);
    expect(String(error)).toContain('weights');
  });

  it('or read, whatever its bytes are', async () => {
    const good = safetensors([
      part('a', 'F32', [2], Float32Array.of(1, 2)),
      part('b', 'I8', [3], Int8Array.of(1, 2, 3)),
    ]);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.json().map((json) => withHeader(json, Buffer.alloc(20))),
      fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, value]) => {
        const changed = Buffer.from(good);
        changed[at] = value;
        return changed;
      }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const error = await read(content).catch((caught: unknown) => caught);
        expect(error instanceof UserError || error instanceof Map, String(error)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

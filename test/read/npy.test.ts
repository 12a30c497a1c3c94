import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { readNpy } from '../../src/read/npy.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

/** As numpy.lib.format writes it. */
function npy(header: string, numbers: Uint8Array, version = 1): Buffer {
  const wide = version >= 2;
  const begin = wide ? 12 : 10;
  const text = `${header.padEnd(Math.ceil((begin + header.length + 1) / 64) * 64 - begin - 1)}\n`;
  const length = Buffer.alloc(wide ? 4 : 2);
  if (wide) length.writeUInt32LE(text.length);
  else length.writeUInt16LE(text.length);
  return Buffer.concat([
    Buffer.from('\x93NUMPY', 'latin1'),
    Buffer.from([version, 0]),
    length,
    Buffer.from(text),
    numbers,
  ]);
}
const head = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
const f32 = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
const f64 = (...numbers: number[]) => new Uint8Array(Float64Array.from(numbers).buffer);
let files = 0;
function file(bytes: Buffer): string {
  const path = join(folder.path, `${++files}.npy`);
  writeFileSync(path, bytes);
  return path;
}

test.each([
  ['float32', npy(head('<f4', '(2, 3)'), f32(1, 2, 3, 4, 5, 6))],
  ['float64, format 2', npy(head('<f8', '(2, 3)'), f64(1, 2, 3, 4, 5, 6), 2)],
  ['columns one after the other', npy(head('<f4', '(2, 3)', 'True'), f32(1, 4, 2, 5, 3, 6))],
  ['big endian', npy(head('>f4', '(2, 3)'), new Uint8Array(Buffer.from(f32(1, 2, 3, 4, 5, 6)).swap32()))],
])('%s is read row by row', async (_, bytes) => {
  const matrix = await readNpy(file(bytes));
  expect(matrix).toEqual({ data: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 2, cols: 3 });
});

test.each([
  ['of one dimension', npy(head('<f4', '(6,)'), f32(1, 2, 3, 4, 5, 6)), 'an array of 1 dimension'],
  ['of whole numbers', npy(head('<i4', '(2, 3)'), f32(1, 2, 3, 4, 5, 6)), 'numbers of type i4'],
  ['cut off', npy(head('<f4', '(2, 3)'), f32(1, 2, 3)), '2 × 3 numbers need'],
  ['of objects', npy("{'descr': '|O', 'shape': (2, 3), }", f32(1)), 'an array of records or objects'],
  ['that is a text', Buffer.from('text\nOne\nTwo\n'), 'not a NumPy array'],
])('a file %s is refused in one line', async (_, bytes, message) => {
  const path = file(bytes);
  const error = await readNpy(path).catch((reason) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).toContain(`vectors ${path}: ${message}`);
  expect(error).toMatchObject({ code: 'VECTORS_INVALID', option: 'vectors', file: path });
});

test('a file that is not there is refused', async () => {
  await expect(readNpy(join(folder.path, 'absent.npy'))).rejects.toThrow('absent.npy: no such file');
});

import { expect, test } from 'vitest';
import { npyPieces, parseNpy } from '../../src/run/npy.js';

const bytesOf = (array: Parameters<typeof npyPieces>[0]) =>
  Buffer.concat(Array.from(npyPieces(array), (piece) => Buffer.from(piece as Uint8Array)));

test.each([
  ['float32', Float32Array.of(1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 3e-45, 7), 2, 3],
  ['float64', Float64Array.of(0.1, Number.NEGATIVE_INFINITY), 2, 1],
  ['int32', Int32Array.of(-1, 2 ** 31 - 1, 0), 1, 3],
  ['no rows', new Float32Array(0), 0, 4],
])('%s comes back bit by bit', (_, data, rows, cols) => {
  const bytes = bytesOf({ data, rows, cols });
  const found = parseNpy(bytes);
  expect(found).toEqual({ data, rows, cols });
  expect(Object.is(found?.data[1], data[1])).toBe(true);
});

test('the header is that of NumPy: magic, version, length up to a multiple of 64, then the numbers', () => {
  const bytes = bytesOf({ data: Int32Array.of(258), rows: 1, cols: 1 });
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
  expect((10 + bytes.readUInt16LE(8)) % 64).toBe(0);
  expect(bytes.subarray(10).toString('latin1')).toMatch(
    /^\{'descr': '<i4', 'fortran_order': False, 'shape': \(1, 1\), \} *\n/,
  );
  expect([...bytes.subarray(-4)]).toEqual([2, 1, 0, 0]);
});

test('a file that is cut off or of another kind is not an array', () => {
  const bytes = bytesOf({ data: Float32Array.of(1, 2), rows: 2, cols: 1 });
  expect(parseNpy(bytes.subarray(0, -1))).toBeUndefined();
  expect(parseNpy(bytes.subarray(0, 9))).toBeUndefined();
  expect(parseNpy(Buffer.from('PAR1'))).toBeUndefined();
  const complex = Buffer.from(bytes);
  complex.write('<c8', complex.indexOf('<f4'));
  expect(parseNpy(complex)).toBeUndefined();
});

import { DataType } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import {
  type FieldData,
  placeholderGroup,
  readScalarColumn,
  readVectorColumn,
  type VectorType,
  vectorBytes,
  vectorColumn,
} from '../../src/store/wire.js';

/** A column as a server returns it: the bytes of `vectors` under the name of their type. */
function returned(column: FieldData): FieldData {
  const vectors = column.vectors;
  const data = Object.keys(vectors ?? {}).find((key) => key !== 'dim');
  return { ...column, vectors: vectors && { ...vectors, data } };
}

describe('vector columns', () => {
  it.each<[VectorType, number]>([
    ['FloatVector', 0],
    ['Float16Vector', 2 ** -11],
    ['BFloat16Vector', 2 ** -8],
  ])('of %s come back in the requested rows, to %d of their size', (type, error) => {
    const data = Float32Array.of(0.1, -0.2, 0.3, 4, 5, -6);
    const column = returned(vectorColumn('v', type, data, 2, 1, 3));
    const into = new Float32Array(6);
    readVectorColumn(column, 2, into, (row) => [2, 0][row]);
    [4, 5].forEach((_, i) => {
      expect(Math.abs(into[4 + i] - data[2 + i])).toBeLessThanOrEqual(error * Math.abs(data[2 + i]));
      expect(Math.abs(into[i] - data[4 + i])).toBeLessThanOrEqual(error * Math.abs(data[4 + i]));
    });
    expect([...into.subarray(2, 4)]).toEqual([0, 0]);
  });

  it('skip rows that were not requested', () => {
    const into = new Float32Array(2);
    readVectorColumn(
      returned(vectorColumn('v', 'FloatVector', Float32Array.of(1, 2, 3, 4), 2, 0, 2)),
      2,
      into,
      (row) => row - 1,
    );
    expect([...into]).toEqual([3, 4]);
  });
});

describe('the queries of a search', () => {
  it('are the bytes of a PlaceholderGroup: tag $0, type 101, one value a row', () => {
    const bytes = placeholderGroup('FloatVector', [vectorBytes('FloatVector', Float32Array.of(1, -2))]);
    const values = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0];
    expect([...bytes]).toEqual([
      0x0a,
      16,
      0x0a,
      2,
      0x24,
      0x30,
      0x10,
      DataType.FloatVector,
      0x1a,
      8,
      ...values,
    ]);
  });

  it('write lengths above 127 in several bytes', () => {
    const bytes = placeholderGroup('Float16Vector', [vectorBytes('Float16Vector', new Float32Array(384))]);
    expect(bytes.length).toBe(3 + 6 + 3 + 768);
    expect([...bytes.subarray(0, 3)]).toEqual([0x0a, 0x89, 0x06]); // 777
    expect([...bytes.subarray(9, 12)]).toEqual([0x1a, 0x80, 0x06]); // 768
  });
});

describe('scalar columns', () => {
  const column = (kind: string, data: unknown[], valid_data?: boolean[]): FieldData => ({
    type: kind,
    field_name: 'f',
    scalars: { data: kind, [kind]: { data } },
    valid_data,
  });

  it('keep plain values', () => {
    expect(readScalarColumn(column('long_data', ['9007199254740993']))).toEqual(['9007199254740993']);
    expect(readScalarColumn(column('bool_data', [true, false]))).toEqual([true, false]);
  });

  it('write JSON and arrays as text, JSON scalars as themselves', () => {
    const json = [Buffer.from('{"a":1}'), Buffer.from('7'), Buffer.from('"x"')];
    expect(readScalarColumn(column('json_data', json))).toEqual(['{"a":1}', 7, 'x']);
    const array = [{ data: 'int_data', int_data: { data: [1, 2] } }];
    expect(readScalarColumn(column('array_data', array))).toEqual(['[1,2]']);
  });

  it('put nulls back, whether the server left them out or filled them in', () => {
    expect(readScalarColumn(column('int_data', [1, 2], [true, false, true]))).toEqual([1, null, 2]);
    expect(readScalarColumn(column('int_data', [1, 0, 2], [true, false, true]))).toEqual([1, null, 2]);
  });
});

import fc from 'fast-check';
import type { FileMetaData } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { snappyCompress as snappy } from 'hyparquet-writer/src/snappy.js';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { readTable } from '../../src/read/index.js';
import { testFolder } from '../helpers/folder.js';
import { withFooter } from '../helpers/parquet.js';

const folder = testFolder();

const ROWS = 870;
const small = () =>
  parquetWriteBuffer({
    columnData: [
      { name: 'text', data: Array.from({ length: ROWS }, (_, row) => `text number ${row}`), type: 'STRING' },
      { name: 'n', data: Array.from({ length: ROWS }, (_, row) => row % 7), type: 'INT32' },
    ],
    rowGroupSize: 300,
  });

test('columns of every kind become cells', async () => {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'text', data: ['eins', null, 'drei'], type: 'STRING' },
      { name: 'big', data: [1n, 2n, 9007199254740993n], type: 'INT64' },
      { name: 'score', data: [0.5, Number.NaN, 2], type: 'DOUBLE' },
      { name: 'ok', data: [true, false, true], type: 'BOOLEAN' },
      { name: 'day', data: [new Date(0), new Date(86400000), null], type: 'TIMESTAMP' },
    ],
  });
  const table = await readTable(folder.write('kinds.parquet', new Uint8Array(bytes)));
  expect(table.columns).toEqual(['text', 'big', 'score', 'ok', 'day']);
  expect(table.values).toEqual([
    ['eins', null, 'drei'],
    [1, 2, '9007199254740993'],
    [0.5, null, 2],
    [true, false, true],
    ['1970-01-01T00:00:00.000Z', '1970-01-02T00:00:00.000Z', null],
  ]);
  expect(Array.from(table.lines)).toEqual([1, 2, 3]);
});

test('rows of several groups come in order', async () => {
  const table = await readTable(folder.write('groups.parquet', new Uint8Array(small())));
  expect(table.rows).toBe(ROWS);
  expect(table.values[0][301]).toBe('text number 301');
  expect(table.values[1][869]).toBe(869 % 7);
  expect(table.lines[869]).toBe(870);
});

test('decimals, dates, times and nested numbers are written as they are stored', async () => {
  const table = await readTable('test/fixtures/read/20-kinds.parquet');
  const row = Object.fromEntries(table.columns.map((name, c) => [name, table.values[c][0]]));
  // By hand, from what pyarrow 22 prints of the file's first row.
  expect(row).toMatchObject({
    id: '1700000000000000001',
    kind: 'delivery',
    price: '19.99',
    big_price: '12345678901234567890.12',
    day: '2031-03-01',
    ts_us: '2031-03-01T12:00:00.123456',
    ts_ns: '2031-03-01T12:00:00.123456',
    ts_tz: '2031-03-01T12:00:00.000Z',
    time: '12:34:56',
    dur: 180_000_000,
    tags: '["a","b"]',
    meta: '{"x":1,"y":"z"}',
    m: '{"k":1}',
    nothing: null,
    flag: true,
    u64: '18446744073709551615',
    f16: 1.5,
    nan: null,
  });
});

test('negative decimals and moments before 1970 keep their digits', async () => {
  const file = withFooter(
    parquetWriteBuffer({
      columnData: [
        { name: 'price', data: [-5n, -12345n, 0n], type: 'INT64' },
        { name: 'at', data: [-1n, -86_400_000_001n, 0n], type: 'INT64' },
        { name: 'time', data: [0n, 1n, 86_399_999_999n], type: 'INT64' },
      ],
    }),
    ({ schema }) => {
      schema[1].converted_type = 'DECIMAL';
      schema[1].scale = 2;
      schema[1].precision = 18;
      schema[2].logical_type = { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' };
      schema[3].converted_type = 'TIME_MICROS';
    },
  );
  const table = await readTable(folder.write('negative.parquet', file));
  expect(table.values).toEqual([
    ['-0.05', '-123.45', '0.00'],
    ['1969-12-31T23:59:59.999999', '1969-12-30T23:59:59.999999', '1970-01-01T00:00:00.000'],
    ['00:00:00', '00:00:00.000001', '23:59:59.999999'],
  ]);
});

test('repeated fields that no LIST is written around are lists', async () => {
  const people = [
    {
      phones: [
        { number: 1n, kind: 'home' },
        { number: 2n, kind: null },
      ],
    },
    { phones: [] },
    null,
  ];
  const file = withFooter(
    parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'id', type: 'INT32', repetition_type: 'REQUIRED' },
        { name: 'phones', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', repetition_type: 'REQUIRED', num_children: 2 },
        { name: 'number', type: 'INT64', repetition_type: 'REQUIRED' },
        { name: 'kind', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      ],
      columnData: [
        { name: 'id', data: [1, 2, 3] },
        { name: 'phones', data: people.map((person) => person?.phones ?? null) },
      ],
    }),
    ({ schema }) => {
      delete schema[2].converted_type;
    },
  );
  const table = await readTable(folder.write('repeated.parquet', file));
  expect(table.values).toEqual([
    [1, 2, 3],
    ['[{"number":1,"kind":"home"},{"number":2,"kind":null}]', '[]', null],
  ]);
});

test('a length that leaves out the dictionary page’s header, as parquet-mr wrote it, costs no row', async () => {
  const names = Array.from({ length: 25 }, (_, row) => ['ALGERIA', 'BRAZIL', 'CANADA'][row % 3]);
  const file = withFooter(
    parquetWriteBuffer({ columnData: [{ name: 'name', data: names, type: 'STRING' }] }),
    (metadata) => {
      metadata.created_by = 'parquet-mr version 1.2.8';
      for (const { meta_data } of metadata.row_groups[0].columns) {
        if (!meta_data) continue;
        expect(meta_data.encodings).toContain('RLE_DICTIONARY');
        meta_data.total_compressed_size -= 14n;
      }
    },
  );
  expect((await readTable(folder.write('dictionary.parquet', file))).values).toEqual([names]);
});

test('a page without a byte of values is a page of nulls', async () => {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'text', data: ['a', 'b'], type: 'STRING' },
      { name: 'nothing', data: [null, null], type: 'STRING', nullable: true },
    ],
    // Without the byte with which Snappy says that nothing follows.
    compressors: { SNAPPY: (input) => (input.length === 0 ? input : snappy(input)) },
  });
  const table = await readTable(folder.write('empty-page.parquet', new Uint8Array(bytes)));
  expect(table.values).toEqual([
    ['a', 'b'],
    [null, null],
  ]);
});

describe('files of the format’s own test collection are read as pyarrow reads them', () => {
  const read = (name: string) => readTable(`test/fixtures/read/parquet-testing/${name}.parquet`);

  test('a repeated field without annotation, and a footer without the number of rows', async () => {
    const { columns, values } = await read('repeated_no_annotation');
    expect(columns).toEqual(['id', 'phoneNumbers']);
    expect(values).toEqual([
      [1, 2, 3, 4, 5, 6],
      [
        null,
        null,
        '{"phone":[]}',
        '{"phone":[{"number":5555555555,"kind":null}]}',
        '{"phone":[{"number":1111111111,"kind":"home"}]}',
        '{"phone":[{"number":1111111111,"kind":"home"},{"number":2222222222,"kind":null},{"number":3333333333,"kind":"mobile"}]}',
      ],
    ]);
  });

  test('repeated columns that no list stands around', async () => {
    const { values } = await read('repeated_primitive_no_list');
    expect(values[0]).toEqual(['[0,1,2,3]', null, '[4]', '[5,6,7,8]']);
    expect(values[1][3]).toBe('["five","six","seven","eight"]');
    expect(values[2][2]).toBe('{"Int32_list_in_group":[4],"String_list_in_group":["four"]}');
  });

  test('a page without values', async () => {
    expect(await read('datapage_v2_empty_datapage.snappy')).toMatchObject({
      columns: ['value'],
      values: [[null]],
    });
  });

  test('a dictionary whose header is left out of its column’s length', async () => {
    const { rows, values } = await read('nation.dict-malformed');
    expect(rows).toBe(25);
    expect(values[1].slice(0, 2)).toEqual(['ALGERIA', 'ARGENTINA']);
    expect(values[1][24]).toBe('UNITED STATES');
    expect(new Set(values[3]).size).toBe(25);
  });

  test('times in 12 bytes, to the microsecond', async () => {
    const { values } = await read('int96_from_spark');
    expect(values[0].slice(0, 5)).toEqual([
      '2024-01-01T20:34:56.123456Z',
      '2024-01-01T01:00:00.000Z',
      '9999-12-31T03:00:00.000Z',
      '2024-12-30T23:00:00.000Z',
      null,
    ]);
  });
});

test('a file that only calls itself Parquet is refused in one line', async () => {
  await expect(readTable(folder.write('fake.parquet', 'text\nhello\n'))).rejects.toThrow(
    /^fake\.parquet: not a Parquet file that can be read \([^\n]*\); write the file again$/,
  );
});

describe('a footer that lies about its rows', () => {
  const lies: [string, (metadata: FileMetaData) => void][] = [
    ['2^50 rows', (metadata) => (metadata.num_rows = 2n ** 50n)],
    ['one row more', (metadata) => (metadata.num_rows = 871n)],
    [
      'one row more in a group too',
      (metadata) => {
        metadata.num_rows = 871n;
        metadata.row_groups[0].num_rows = 301n;
      },
    ],
    [
      'a billion rows in the group and its columns too',
      (metadata) => {
        metadata.num_rows = 1_000_000_000n;
        metadata.row_groups[0].num_rows = 1_000_000_000n - 570n;
        for (const { meta_data } of metadata.row_groups[0].columns) {
          if (meta_data) meta_data.num_values = 1_000_000_000n - 570n;
        }
      },
    ],
    [
      'fewer rows than the pages hold',
      (metadata) => {
        metadata.num_rows = 869n;
        metadata.row_groups[0].num_rows = 299n;
        for (const { meta_data } of metadata.row_groups[0].columns) {
          if (meta_data) meta_data.num_values = 299n;
        }
      },
    ],
    ['a negative number', (metadata) => (metadata.num_rows = -1n)],
  ];
  test.each(lies)('%s: is refused', async (_, lie) => {
    const mistake = await readTable(folder.write('lie.parquet', withFooter(small(), lie))).catch(
      (cause) => cause,
    );
    expect(mistake).toBeInstanceOf(UserError);
    expect(mistake.message).toMatch(/another number|says [\d,]+ (rows|values)|not a Parquet file/);
  });
});

test('bytes changed anywhere are read or refused in one line, never with an error of JavaScript’s own', async () => {
  const sound = new Uint8Array(small());
  const change = fc.record({
    at: fc.nat(sound.length - 1),
    byte: fc.nat(255),
  });
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const bytes = sound.slice();
      for (const { at, byte } of changes) bytes[at] = byte;
      const path = folder.write(`changed-${number++ % 4}.parquet`, bytes);
      const outcome = await readTable(path, { inputFormat: 'parquet' }).catch((cause) => cause);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(UserError);
        expect(outcome.message).not.toMatch(/Cannot |is not a function|is not iterable|Invalid |outside|\n/);
      }
    }),
    { numRuns: 300, interruptAfterTimeLimit: 20_000 },
  );
}, 60_000);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutFormula } from '../../src/output/formula.js';
import { writeCsv, writeTopicsCsv } from '../../src/output/index.js';
import { readTable } from '../../src/read/index.js';
import { testFolder } from '../helpers/folder.js';
import { clustering, topic } from './clustering.js';

const folder = testFolder();
const file = join(folder.path, 'clusters.csv');

describe('writeCsv', () => {
  test('the original columns come first, then topic, topic_name, probability, x, y', async () => {
    const table = {
      columns: ['id', 'text'],
      rows: 3,
      values: [
        ['1', '2', '3'],
        ['a,b', 'say "hi"', 'two\nlines'],
      ],
    };
    await writeCsv(file, table, clustering(3));
    expect(readFileSync(file, 'utf8')).toBe(
      [
        'id,text,topic,topic_name,probability,x,y',
        '1,"a,b",0,Oil 0,0.3333333,0,8.41471',
        '2,"say ""hi""",1,Oil 1,0.3333333,9.092975,1.4112',
        '3,"two\nlines",-1,,0,,',
        '',
      ].join('\n'),
    );
  });

  test('for Excel, texts, names and headers that look like formulas get an apostrophe; numbers stay', async () => {
    const table = {
      columns: ['=a()', 'n'],
      rows: 2,
      values: [
        ['@SUM(1+1)', '-3.5'],
        [-2, 4],
      ],
    };
    const named = clustering(2);
    named.topics = named.topics.map((one) => ({ ...one, name: '+cmd|x' }));
    await writeCsv(file, table, named, { excel: true });
    const [header, first, second] = readFileSync(file, 'utf8').slice(1).split('\r\n');
    expect(header).toBe("'=a(),n,topic,topic_name,probability,x,y");
    expect(first).toMatch(/^'@SUM\(1\+1\),-2,0,'\+cmd\|x,/);
    expect(second).toMatch(/^-3\.5,4,/);
    await writeCsv(file, table, named);
    expect(readFileSync(file, 'utf8').split('\n')[1]).toMatch(/^@SUM\(1\+1\),-2,/);
  });

  test('outlier scores come last where they are known', async () => {
    const known = { ...clustering(1), outlierScores: Float64Array.of(0.123456789) };
    await writeCsv(file, { columns: ['t'], rows: 1, values: [['x']] }, known);
    expect(readFileSync(file, 'utf8')).toBe(
      't,topic,topic_name,probability,x,y,outlier_score\nx,0,Oil 0,0.3333333,,,0.1234568\n',
    );
  });

  test('a column that has one of our names keeps it', async () => {
    await writeCsv(
      file,
      { columns: ['topic', 'x', 'x_2'], rows: 1, values: [['a'], ['b'], ['c']] },
      clustering(1),
    );
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe(
      'topic,x,x_2,topic_2,topic_name,probability,x_3,y',
    );
  });

  test('numbers, booleans and nulls are written as a reader expects', async () => {
    await writeCsv(
      file,
      { columns: ['a', 'b', 'c'], rows: 1, values: [[1.5], [false], [null]] },
      clustering(1),
    );
    expect(readFileSync(file, 'utf8').split('\n')[1]).toMatch(/^1\.5,false,,0,/);
  });

  test('for Excel the file begins with a byte order mark and its rows end in CRLF', async () => {
    await writeCsv(file, { columns: ['t'], rows: 2, values: [['东京', 'b']] }, clustering(2), {
      excel: true,
      delimiter: ';',
    });
    const bytes = readFileSync(file);
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(bytes.toString().split('\r\n')).toHaveLength(4);
    expect((await readTable(file)).values[0]).toEqual(['东京', 'b']);
  });

  test('whatever the cells hold, they are read back as they were', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc
        .array(fc.constantFrom('"', ',', ';', '\t', '\n', '\r', '\r\n', ' ', 'a', '=', '\u2028', '\0', ''), {
          maxLength: 8,
        })
        .map((parts) => parts.join('')),
    );
    const drawn = fc
      .tuple(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom(',', ';', '\t'),
        fc.boolean(),
      )
      .chain(([columns, rows, delimiter, excel]) =>
        fc.record({
          delimiter: fc.constant(delimiter),
          excel: fc.constant(excel),
          values: fc.array(fc.array(cell, { minLength: rows, maxLength: rows }), {
            minLength: columns,
            maxLength: columns,
          }),
        }),
      );
    await fc.assert(
      fc.asyncProperty(drawn, async ({ values, delimiter, excel }) => {
        const [{ length: rows }] = values;
        const columns = values.map((_, c) => `column ${c}`);
        await writeCsv(file, { columns, rows, values }, clustering(rows), { delimiter, excel });
        // Zero bytes are refused in a file unless the caller says what it is.
        if (values.flat().some((value) => value.includes('\0'))) return;
        const table = await readTable(file, { inputFormat: 'csv', delimiter });
        const expected = excel ? values.map((column) => column.map(withoutFormula)) : values;
        expect(table.values.slice(0, columns.length)).toEqual(expected);
        expect(table.values[columns.length]).toEqual(Array.from(clustering(rows).labels, String));
      }),
      { numRuns: 200 },
    );
  });

  test('a delimiter of two characters is refused', async () => {
    await expect(
      writeCsv(file, { columns: [], rows: 0, values: [] }, clustering(0), { delimiter: '::' }),
    ).rejects.toThrow('delimiter "::": must be one character');
  });
});

test('topics.csv has a line a topic with its examples and its theme, then a line a theme', async () => {
  const topics = [
    topic(0, { size: 3, exemplars: [1, 0], name: 'Oil, "crude"' }),
    topic(1, { size: 1, exemplars: [2] }),
  ];
  const themes = [topic(0, { size: 4, exemplars: [0] })];
  topics[1].parent = 0;
  await writeTopicsCsv(file, topics, ['first', 'second, longer', 'third', 'fourth'], { themes });
  expect(readFileSync(file, 'utf8')).toBe(
    [
      'topic,name,size,share,persistence,keywords,kind,parent,example_1,example_2',
      '0,"Oil, ""crude""",3,0.75,0.25,"oil, barrel",topic,,"second, longer",first',
      '1,Oil 1,1,0.25,0.25,"oil, barrel",topic,0,third,',
      '0,Oil 0,4,1,,"oil, barrel",theme,,first,',
      '',
    ].join('\n'),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { readTable } from '../../src/read/index.js';
import { parseJson } from '../../src/read/json-value.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

const TEXTS = ['first text', 'second text'];
const PLAIN = { columns: ['id', 'text'], values: [[1, 2], TEXTS] };

describe('shapes of a table in JSON', () => {
  test.each([
    [
      'an array of objects',
      [
        { id: 1, text: TEXTS[0] },
        { id: 2, text: TEXTS[1] },
      ],
    ],
    [
      'rows under data',
      {
        data: [
          { id: 1, text: TEXTS[0] },
          { id: 2, text: TEXTS[1] },
        ],
        next: null,
      },
    ],
    [
      'rows under Items',
      {
        count: 2,
        Items: [
          { id: 1, text: TEXTS[0] },
          { id: 2, text: TEXTS[1] },
        ],
      },
    ],
    [
      'rows under results, beside another list',
      {
        tags: [{ a: 1 }],
        results: [
          { id: 1, text: TEXTS[0] },
          { id: 2, text: TEXTS[1] },
        ],
      },
    ],
    [
      'the only list there is',
      {
        meta: { page: 1 },
        tickets: [
          { id: 1, text: TEXTS[0] },
          { id: 2, text: TEXTS[1] },
        ],
      },
    ],
    [
      'a list further in',
      {
        response: {
          status: 'ok',
          items: [
            { id: 1, text: TEXTS[0] },
            { id: 2, text: TEXTS[1] },
          ],
        },
      },
    ],
    ['columns with row names', { id: { 0: 1, 1: 2 }, text: { 0: TEXTS[0], 1: TEXTS[1] } }],
    ['columns of arrays', { id: [1, 2], text: TEXTS }],
    ['rows by their names', { 0: { id: 1, text: TEXTS[0] }, 1: { id: 2, text: TEXTS[1] } }],
    [
      'columns and data apart',
      {
        columns: ['id', 'text'],
        index: [0, 1],
        data: [
          [1, TEXTS[0]],
          [2, TEXTS[1]],
        ],
      },
    ],
    [
      'an array of arrays with a header',
      [
        ['id', 'text'],
        [1, TEXTS[0]],
        [2, TEXTS[1]],
      ],
    ],
  ])('%s is read', async (_, value) => {
    for (const [name, text] of [
      ['table.json', JSON.stringify(value)],
      ['laid-out.json', JSON.stringify(value, null, 2)],
      ['named-lines.jsonl', JSON.stringify(value)],
    ]) {
      expect(await readTable(folder.write(name, text)), name).toMatchObject({ ...PLAIN, rows: 2 });
    }
  });

  test('objects a line are read whatever the file is called', async () => {
    const lines = '{"id":1,"text":"first text"}\n{"id":2,"text":"second text"}\n';
    for (const name of ['lines.json', 'lines.jsonl', 'lines.ndjson', 'lines.txt', 'lines']) {
      expect(await readTable(folder.write(name, lines))).toMatchObject(PLAIN);
    }
  });

  test('an array of strings becomes the column text', async () => {
    expect(await readTable(folder.write('strings.json', JSON.stringify(TEXTS)))).toMatchObject({
      columns: ['text'],
      values: [TEXTS],
    });
  });

  test('one object of plain cells is one row', async () => {
    expect(await readTable(folder.write('one.json', '{"text":"only","n":1}'))).toMatchObject({
      columns: ['text', 'n'],
      rows: 1,
    });
  });

  test('an object that holds no rows is named with its keys', async () => {
    await expect(
      readTable(folder.write('config.json', '{"name":"x","parts":{"a":{"b":1}}}')),
    ).rejects.toThrow(
      'config.json: one JSON object (name, parts) that holds no rows; expected an array of objects',
    );
  });

  test('rows keep the lines of an array laid out over lines', async () => {
    const table = await readTable(
      folder.write('lines.json', '[\n{"text":"a\\nb"},\n\n{"text":"c"}, {"text":"d"}\n]\n'),
    );
    expect(Array.from(table.lines)).toEqual([2, 4, 4]);
  });
});

describe('numbers', () => {
  test('those that no double holds are kept as they are written', async () => {
    const written = [
      '12345678901234567890',
      '1e400',
      '0.1234567890123456789',
      '-0',
      '1700000000000000002',
      '1E+999',
    ];
    const held = ['1.50', '1e3', '0.1', '-12', '9007199254740992', '1.0', '0e5'];
    const text = [...written, ...held]
      .map((n) => `{"n": ${n}, "more": {"n": [${n}]}, "s": "x ${n}"}`)
      .join('\n');
    const { values } = await readTable(folder.write('numbers.jsonl', text));
    expect(values[0]).toEqual([...written, 1.5, 1000, 0.1, -12, 9007199254740992, 1, 0]);
    expect(values[1].slice(0, 6)).toEqual(written.map((n) => `{"n":[${n}]}`));
    expect(values[2]).toEqual([...written, ...held].map((n) => `x ${n}`));
  });

  test('NaN and the infinities are missing', async () => {
    const text =
      '{"n": NaN, "t": "NaN, -Infinity"}\n{"n": -Infinity, "t": "b"}\n{"n": [Infinity, 1], "t": "c"}\n';
    expect((await readTable(folder.write('nan.jsonl', text))).values).toEqual([
      [null, null, '[null,1]'],
      ['NaN, -Infinity', 'b', 'c'],
    ]);
  });
});

describe('what is refused, with file and line', () => {
  const deep = (count: number) => `{"text":${'['.repeat(count)}1${']'.repeat(count)}}`;
  test.each([
    ['deep.jsonl', `{"text":"a"}\n${deep(5000)}\n`, 'deep.jsonl line 2: nested more than 500 deep'],
    ['deep.json', `[{"text":"a"},\n${deep(5000)}]`, 'deep.json line 2: nested more than 500 deep'],
    ['one.jsonl', `${deep(5000)}\n`, 'one.jsonl line 1: nested more than 500 deep'],
    ['laid.json', `{"rows":\n\n${deep(5000)}}`, 'laid.json line 3: nested more than 500 deep'],
    [
      'open.json',
      '[{"text":"a"},\n{"text":"b"}\n',
      'open.json line 3: not JSON: the array isn’t closed by the file’s end',
    ],
    ['comma.json', '[{"text":"a"},\n,{"text":"b"}]', 'comma.json line 2: a comma without a value'],
    ['word.json', '[{"text":"a"},\n{"text":b}]', 'word.json line 2: not JSON near "{\\"text\\":b}"'],
    ['after.json', '[{"text":"a"}]\nmore', 'after.json line 2: text after the array’s end'],
    ['key.json', '[{123456789012345678901: 1}]', 'key.json line 1: not JSON near "{1234567890'],
    ['html.json', '<!doctype html>', 'html.json: a web page, not a table'],
    ['xml.json', '<list/>', 'xml.json line 1: not JSON near "<list/>"'],
    ['numbers.json', '[1,2]', 'numbers.json line 1: a number; expected an object or a string'],
  ])('%s', async (name, text, message) => {
    const mistake = await readTable(folder.write(name, text)).catch((cause) => cause);
    expect(mistake).toBeInstanceOf(UserError);
    expect(mistake.message).toContain(message);
    expect(mistake.message).not.toContain('\n');
  });

  test('objects nested 400 deep are read', async () => {
    expect((await readTable(folder.write('ok.jsonl', deep(400)))).rows).toBe(1);
  });
});

test('any values written as JSON come back as they were', async () => {
  const row = fc.record({
    text: fc.string({ unit: 'grapheme' }),
    n: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
      fc.integer(),
    ),
    ok: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), fc.boolean(), async (rows, lines) => {
      const text = lines ? rows.map((one) => JSON.stringify(one)).join('\n') : JSON.stringify(rows);
      const table = await readTable(folder.write('any.json', text));
      expect(table.values).toEqual([rows.map((r) => r.text), rows.map((r) => r.n), rows.map((r) => r.ok)]);
    }),
    { numRuns: 200 },
  );
});

test('a text is JSON for this reader where it is for JSON.parse, and means the same', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\\\',
    '\n',
    '0',
    '1',
    '-',
    '.',
    'e',
    'E9',
    '+',
    'true',
    'null',
    '"a"',
    '"k":',
    ' ',
  );
  const value = (parse: (text: string) => unknown, text: string) => {
    try {
      return { value: parse(text) };
    } catch {
      return 'refused';
    }
  };
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      const ours = value(parseJson, text);
      const exact = JSON.stringify(ours).includes('"text":') ? 'digits' : ours;
      if (exact !== 'digits') expect(ours).toEqual(value(JSON.parse, text));
    }),
    { numRuns: 5000 },
  );
});

test('any bytes under a JSON name are read or refused in one line', async () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    '\n',
    '1e9',
    'NaN',
    '"a"',
    '\u0000',
    '-',
    'é',
    ' ',
  );
  const soup = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join('')));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        soup,
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      ),
      fc.constantFrom('soup.json', 'soup.jsonl'),
      async (bytes, name) => {
        const outcome = await readTable(folder.write(name, bytes), { inputFormat: 'jsonl' }).catch(
          (cause) => cause,
        );
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(UserError);
          expect(outcome.message).not.toMatch(
            /Cannot |is not a function|is not iterable|Invalid |Unexpected |\n/,
          );
        }
      },
    ),
    { numRuns: 500 },
  );
});

describe('arrays and texts without names', () => {
  const read = (name: string, value: unknown, header?: boolean) =>
    readTable(folder.write(name, JSON.stringify(value)), header === undefined ? {} : { header });
  const texts = [
    'The parcel arrived three days late',
    'A courier left it in the rain',
    'Lost on the way, they say',
  ];

  test('arrays of cells keep their first one where it is no row of names', async () => {
    const table = await read(
      'values.json',
      texts.map((text, at) => [at, text]),
    );
    expect(table.columns).toEqual(['column_1', 'column_2']);
    expect(table.values).toEqual([[0, 1, 2], texts]);
    expect(table.report.dialect).toEqual(['no row of names']);
    expect(
      (
        await read(
          'alike.json',
          [...texts, ...texts].map((text) => [text, 'x']),
        )
      ).rows,
    ).toBe(6);
  });

  test('a first array of names names the columns, unless none is wanted', async () => {
    const rows = [['id', 'text'], ...texts.map((text, at) => [at, text])];
    expect((await read('named.json', rows)).columns).toEqual(['id', 'text']);
    expect((await read('named.json', rows, false)).rows).toBe(4);
  });

  test('more arrays than are compared are all read', async () => {
    const table = await read('many.json', [
      ['id', 'text'],
      ...Array.from({ length: 500 }, (_, n) => [n, `text ${n}`]),
    ]);
    expect(table.rows).toBe(500);
    expect(table.values[1][499]).toBe('text 499');
  });

  test('arrays and objects in one array are refused', async () => {
    await expect(read('mixed.json', [['id'], { id: 1 }])).rejects.toThrow(
      'expected an array like those before',
    );
    await expect(read('mixed.json', [{ id: 1 }, ['id']])).rejects.toThrow(
      'an array; expected an object or a string',
    );
  });

  test('texts under numbers or ids are rows with their keys', async () => {
    const series = Object.fromEntries(texts.map((text, at) => [String(at), text]));
    expect((await read('series.json', series)).values).toEqual([['0', '1', '2'], texts]);
    const ids = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`t${n}`, `text ${n}`]));
    expect((await read('ids.json', ids)).rows).toBe(12);
    expect((await read('row.json', { title: 'a', text: 'b' })).columns).toEqual(['title', 'text']);
  });
});

import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { formatOf } from '../../src/read/format.js';

const of = (name: string, content: string | Buffer, encoding?: string) =>
  formatOf({ name, head: Buffer.from(content), packed: false, bytes: (async function* () {})() }, encoding);

const ROWS = 'id\ttext\n1\tone\n2\ttwo\n';

test.each([
  ['data.csv', 'a;b', 'csv'],
  ['DATA.TSV.GZ', 'a', 'tsv'],
  ['data.ndjson.zst', '{}', 'jsonl'],
  ['data', 'PAR1', 'parquet'],
  ['data', '{"text": "a"}', 'json'],
  ['data', ' [\n["a"]]', 'json'],
  ['data.txt', ROWS, 'csv'],
  ['data.txt', 'One line, or two\nAnother, or so\nA third, at last\n', 'txt'],
  ['data.txt', 'One line; or two\nAnother; or so\nA third; at last\n', 'txt'],
  ['data', 'id;text\n1;One line, or two\n2;Another\n', 'csv'],
  ['notes.md', 'Title\n\nid;text\n', 'document'],
  ['data', '[A text] in brackets\nand a line\n', 'txt'],
])('%s that begins with %j is %s', (name, content, format) => {
  expect(of(name, content)).toBe(format);
});

test.each(['utf-16le', 'utf-16be', 'utf-32le'])(
  'what a text in %s with its mark holds is seen',
  (encoding) => {
    expect(of('data.txt', iconv.encode(`\uFEFF${ROWS}`, encoding))).toBe('csv');
    expect(of('data', iconv.encode('\uFEFF{"text": "a"}', encoding))).toBe('json');
  },
);

test('an encoding that was named is believed without a mark', () => {
  expect(of('data.txt', iconv.encode(ROWS, 'utf-16le'), 'utf-16le')).toBe('csv');
});

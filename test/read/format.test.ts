import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { formatOf, refuseStandIn } from '../../src/read/format.js';

const source = (name: string, content: string | Buffer) => ({
  name,
  head: Buffer.from(content),
  packed: false,
  bytes: (async function* () {})(),
});
const of = (name: string, content: string | Buffer, encoding?: string) =>
  formatOf(source(name, content), encoding);

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

describe('what a download leaves in place of a table is refused', () => {
  test.each([
    ['\n<!DOCTYPE html>\n<html lang="en">', 'a web page'],
    ['\uFEFF<html>\n<head><title>Sign in</title>', 'a web page'],
    ['<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>', 'a web page'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1234\n', 'a pointer of Git LFS'],
  ])('%j as %s', (content, kind) => {
    expect(() => refuseStandIn(source('news.csv', content))).toThrow(`news.csv: ${kind}, not`);
  });

  test.each([
    ['texts of HTML in a column without a name', '<p>One text</p>\n<html>two</html>\n'],
    ['a page in quotes', '"<!DOCTYPE html><html>",1\n'],
    ['a header that speaks of versions', 'version,text\n1,one\n'],
  ])('but not %s', (_, content) => {
    expect(() => refuseStandIn(source('news.csv', content))).not.toThrow();
  });
});

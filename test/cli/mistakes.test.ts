import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { denscape } from '../helpers/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'denscape-mistakes-'));
const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const good = file('good.csv', 'title,description\nOne,First text\nTwo,Second text\nThree,Third text\n');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mistakes: [string, string[], RegExp][] = [
  [
    'no file',
    ['cluster', join(folder, 'absent.csv')],
    /absent\.csv.*(no such file|does not exist|not found)/i,
  ],
  ['a directory', ['cluster', folder], /(directory|folder), not a file/],
  ['an empty file', ['cluster', file('empty.csv', '')], /empty\.csv.*empty/],
  ['a header only', ['cluster', file('header.csv', 'title,description\n')], /header\.csv.*no rows/i],
  ['a column that is not there', ['cluster', good, '--text', 'body'], /"?body"?.*title, description/],
  ['an unknown model', ['cluster', good, '--model', 'no-such-model', '--offline'], /no-such-model/],
  ['an unknown option', ['cluster', good, '--colour', 'red'], /unknown option '--colour'/],
  [
    'clusters of one',
    ['cluster', good, '--min-cluster-size', '1'],
    /--min-cluster-size must be a whole number of at least 2; got 1/,
  ],
  [
    'no neighbours',
    ['cluster', good, '--neighbors', '0'],
    /--neighbors must be a whole number of at least 1; got 0/,
  ],
  [
    'a number that is none',
    ['cluster', good, '--neighbors', 'many'],
    /--neighbors must be a number; got "many"/,
  ],
  ['an unknown command', ['clutser', good], /unknown command 'clutser'/],
  ['nothing to cluster', ['cluster'], /FILE/],
  [
    'a Milvus that is not running',
    ['cluster', good, '--model', 'minilm', '--milvus', 'http://127.0.0.1:9'],
    /127\.0\.0\.1:9/,
  ],
];

describe('a mistake gets exit code 2 and one clear line', () => {
  test.concurrent.each(mistakes)('%s', async (_, args, expected) => {
    const { code, stderr } = await denscape(args);
    const errors = stderr.split('\n').filter((line) => line.startsWith('error:'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(expected);
    expect(stderr).not.toMatch(/\n\s+at /); // no stack
    expect(code).toBe(2);
  });
});

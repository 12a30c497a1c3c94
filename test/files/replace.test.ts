import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { writeWhole } from '../../src/files/replace.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

test('pieces become one file, in a folder that is made when missing', async () => {
  const file = join(folder.path, 'new', 'deep', 'a.txt');
  await writeWhole(file, ['one ', 'two ', 'drei ä\n']);
  expect(readFileSync(file, 'utf8')).toBe('one two drei ä\n');
  expect(readdirSync(join(folder.path, 'new', 'deep'))).toEqual(['a.txt']);
});

test('a failure halfway keeps the old file and leaves no draft', async () => {
  const home = join(folder.path, 'keep');
  mkdirSync(home);
  const file = join(home, 'a.txt');
  writeFileSync(file, 'old');
  function* failing() {
    yield 'x'.repeat(3 << 20);
    throw new Error('no more');
  }
  await expect(writeWhole(file, failing())).rejects.toThrow('no more');
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(readdirSync(home)).toEqual(['a.txt']);
});

test('an abort keeps the old file and leaves no draft', async () => {
  const home = join(folder.path, 'abort');
  mkdirSync(home);
  const controller = new AbortController();
  function* endless() {
    for (;;) yield 'x'.repeat(1 << 20);
  }
  setTimeout(() => controller.abort(new Error('stop')), 20);
  await expect(writeWhole(join(home, 'a.txt'), endless(), { signal: controller.signal })).rejects.toThrow(
    'stop',
  );
  expect(readdirSync(home)).toEqual([]);
});

test.each([
  ['a folder', () => folder.path, 'a folder, not a file'],
  ['below a file', () => join(folder.write('plain', ''), 'a.txt'), 'a part of the path is a file'],
])('a target that is %s is the user’s mistake', async (_, target, part) => {
  const mistake = await writeWhole(target(), ['x']).catch((cause) => cause);
  expect(mistake).toBeInstanceOf(UserError);
  expect(mistake.message).toContain(part);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { readStopWords } from '../../src/topics/stop-file.js';

test('a file gives a word a line, without comments and empty lines', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'denscape-'));
  try {
    await writeFile(join(folder, 'words.txt'), '\ufeffAcme\r\n\r\n# ours\nGmbH \n');
    expect(await readStopWords(join(folder, 'words.txt'))).toEqual(['Acme', 'GmbH']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a list is taken as it is, and nothing is no words', async () => {
  expect(await readStopWords([' acme', ''])).toEqual(['acme']);
  expect(await readStopWords(undefined)).toEqual([]);
});

test('a file that is missing is the mistake of the user', async () => {
  const reading = readStopWords('/nowhere/words.txt');
  await expect(reading).rejects.toThrow('stopWords /nowhere/words.txt: there is no such file');
  await expect(reading).rejects.toBeInstanceOf(UserError);
});

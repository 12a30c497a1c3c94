import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../src/files/folder.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

test('missing folders are made, also by several calls at once', async () => {
  const path = join(folder.path, 'a', 'b', 'c');
  await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(path, 'd'))]);
  expect(existsSync(join(path, 'd'))).toBe(true);
});

test.runIf(existsSync('/proc/self'))('a folder below /proc is refused at once', async () => {
  await expect(makeFolder('/proc/denscape/deep/folder')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a file in the way is refused', async () => {
  const file = folder.write('plain', '');
  await expect(makeFolder(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(makeFolder(file)).rejects.toMatchObject({ code: 'ENOTDIR' });
});

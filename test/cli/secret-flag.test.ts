import { expect, test } from 'vitest';
import { readSecret } from '../../src/cli/secret-flag.js';
import { UserError } from '../../src/errors.js';
import { withoutSecrets } from '../../src/secrets.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

test('a key is read from @FILE, without the line break at its end, and known as a secret', () => {
  const file = folder.write('key', 'sk-of-file-123\r\n');
  expect(readSecret('--api-key', `@${file}`)).toBe('sk-of-file-123');
  expect(withoutSecrets('sent sk-of-file-123!')).toBe('sent ***!');
});

test('anything else is the key itself', () => {
  expect(readSecret('--token', 'user:pass@word')).toBe('user:pass@word');
});

test('a file that is missing, empty or holds more is refused with its name and without its content', () => {
  expect(() => readSecret('--token', '@absent')).toThrow(/--token @absent: .*ENOENT/);
  const empty = folder.write('empty', '\n');
  expect(() => readSecret('--token', `@${empty}`)).toThrow(/empty: the file is empty/);
  const long = folder.write('long', 'first-secret\nsecond-secret\n');
  expect(() => readSecret('--token', `@${long}`)).toThrow(UserError);
  expect(() => readSecret('--token', `@${long}`)).not.toThrow(/first-secret/);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_CODES, FailureError, isDenscapeError, UserError } from '../src/errors.js';

test('an error says what it is about', () => {
  const cause = new Error('inner');
  const error = new UserError('x must be y', {
    code: 'OPTION_INVALID',
    option: 'x',
    file: 'f',
    line: 3,
    cause,
  });
  expect(error).toMatchObject({ name: 'UserError', code: 'OPTION_INVALID', option: 'x', file: 'f', line: 3 });
  expect(error.cause).toBe(cause);
  expect(new UserError('x').code).toBe('USER_ERROR');
  expect(new FailureError('x').code).toBe('FAILURE');
});

test('the guard knows errors of another copy of the package, and no others', async () => {
  const copy: typeof import('../src/errors.js') = await import('../build/errors.js' as string);
  const error: unknown = new copy.FailureError('x', { code: 'TEXT_FAILED' });
  expect(error).not.toBeInstanceOf(FailureError);
  expect(isDenscapeError(error)).toBe(true);
  expect(isDenscapeError(new UserError('x'))).toBe(true);
  for (const other of [new Error('x'), undefined, null, 'x', {}]) expect(isDenscapeError(other)).toBe(false);
});

test('docs/errors.md lists every code with its meaning', () => {
  const text = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
  for (const [code, meaning] of Object.entries(ERROR_CODES))
    expect(text).toContain(`| \`${code}\` | ${meaning} |`);
});

import { describe, expect, test, vi } from 'vitest';
import { exitCode, explain } from '../../src/cli/exit.js';
import { FailureError, UserError } from '../../src/errors.js';

vi.stubEnv('NO_COLOR', '1');

describe('an error is one line', () => {
  test('that says nothing but the message where it was written for people', () => {
    expect(explain(new UserError('a.csv: no rows', { code: 'INPUT_EMPTY' }), false)).toBe(
      'error: a.csv: no rows',
    );
    expect(explain(new FailureError('the disk\n is full', { code: 'DISK_FAILED' }), false)).toBe(
      'error: the disk is full',
    );
  });

  test('that calls a fault of the program by its name', () => {
    const error = new TypeError("Cannot read properties of null (reading 'x')");
    expect(explain(error, false)).toMatch(/^error: a fault of denscape.*reading 'x'.*--debug/);
    expect(exitCode(error)).toBe(1);
  });

  test.each([
    new RangeError('Array buffer allocation failed'),
    new RangeError('WebAssembly.Memory(): could not allocate memory'),
    new Error('std::bad_alloc'),
  ])('that says so when the memory ran out: %s', (error) => {
    expect(explain(error, false)).toMatch(/^error: the memory ran out .*--model minilm/);
  });

  test('that is the operating system’s where that refused', () => {
    const error = Object.assign(new Error("EACCES: permission denied, open '/x/y'"), {
      code: 'EACCES',
      syscall: 'open',
    });
    expect(explain(error, false)).toBe("error: EACCES: permission denied, open '/x/y'");
  });

  test('without control characters and secrets, with --debug too', () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-env-99887766');
    const cause = new Error('sent Bearer sk-env-99887766');
    const error = new FailureError('the server said \u001b]0;owned\u0007 sk-env-99887766\u202e', {
      code: 'SERVER_FAILED',
      cause,
    });
    const text = explain(error, true) ?? '';
    expect(text).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    expect(text).not.toContain('sk-env-99887766');
    expect(text).toMatch(/\n\s+at /);
  });
});

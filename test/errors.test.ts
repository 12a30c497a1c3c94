import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
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
  // @ts-expect-error only a caller without types can leave the code out
  expect(new UserError('x').code).toBe('USER_ERROR');
  // @ts-expect-error
  expect(new FailureError('x').code).toBe('FAILURE');
});

test('the guard knows errors of another copy of the package, and no others', async () => {
  const copy: typeof import('../src/errors.js') = await import('../build/errors.js' as string);
  const error: unknown = new copy.FailureError('x', { code: 'TEXT_FAILED' });
  expect(error).not.toBeInstanceOf(FailureError);
  expect(isDenscapeError(error)).toBe(true);
  expect(isDenscapeError(new UserError('x', { code: 'ROW_INVALID' }))).toBe(true);
  for (const other of [new Error('x'), undefined, null, 'x', {}]) expect(isDenscapeError(other)).toBe(false);
});

test('docs/errors.md lists every code with its meaning', () => {
  const text = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
  for (const [code, meaning] of Object.entries(ERROR_CODES))
    expect(text).toContain(`| \`${code}\` | ${meaning} |`);
});

/** Every `new UserError(…)` and the like in src, with its file and line. */
function throwSites(): { place: string; code: string }[] {
  const source = new URL('../src/', import.meta.url);
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return files.flatMap((name) => {
    const text = readFileSync(new URL(name, source), 'utf8');
    const tree = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    const sites: { place: string; code: string }[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isNewExpression(node) && /^(User|Failure)Error$/.test(node.expression.getText())) {
        const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
        sites.push({ place: `${name}:${line + 1}`, code: node.arguments?.[1]?.getText() ?? '' });
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return sites;
  });
}

test('no throw site falls back to the general codes, and each code is thrown somewhere', () => {
  const sites = throwSites();
  expect(sites.length).toBeGreaterThan(200);
  // The type of `details` requires a code; that it is given at all, and not a general one, is seen here.
  expect(sites.filter(({ code }) => code === '' || /USER_ERROR|'FAILURE'/.test(code))).toEqual([]);
  const source = new URL('../src/', import.meta.url);
  const all = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'errors.ts')
    .map((name) => readFileSync(new URL(name, source), 'utf8'))
    .join('\n');
  const general = ['USER_ERROR', 'FAILURE'];
  const unused = Object.keys(ERROR_CODES).filter(
    (code) => !general.includes(code) && !all.includes(`'${code}'`),
  );
  expect(unused).toEqual(['TEXT_FAILED']); // thrown by TextFailure, in errors.ts
});

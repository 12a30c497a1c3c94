import { expect, test } from 'vitest';
import { denscape } from '../helpers/cli.js';

/** Prints the process's title at the moment when a module of the command line is asked for. */
const hooks = `import { writeSync } from 'node:fs';
export async function resolve(specifier, context, next) {
  if (specifier === 'commander') writeSync(2, 'title: ' + process.title + '\\n');
  return next(specifier, context);
}`;
const module = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const watcher = module(`import { register } from 'node:module'; register(${JSON.stringify(module(hooks))});`);

test('the arguments are out of the process list before anything is loaded', async () => {
  const { code, stderr } = await denscape(['models', '--json'], {
    env: { NODE_OPTIONS: `--import ${watcher}` },
  });
  expect(stderr).toContain('title: denscape\n');
  expect(code).toBe(0);
});

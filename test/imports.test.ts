// The order of folders is in docs/architecture.md.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** Files of src by what they import, types included. */
const imports = new Map(
  files.map((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const found = [...text.matchAll(/^(?:import|export)\s[^;]*?from\s+'(\.[^']+)';/gms)].map(([, path]) =>
      relative(root, join(root, dirname(file), path)).replace(/\.js$/, '.ts'),
    );
    return [file, found.filter((path) => existsSync(join(root, path)))] as const;
  }),
);

test('imports form no cycle', () => {
  const cycles: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const visit = (file: string): void => {
    state.set(file, 'open');
    path.push(file);
    for (const other of imports.get(file) ?? []) {
      if (state.get(other) === 'open') cycles.push([...path.slice(path.indexOf(other)), other].join(' → '));
      else if (!state.has(other)) visit(other);
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of files) if (!state.has(file)) visit(file);
  expect(cycles).toEqual([]);
});

test('the command line and the pipeline are imported by what is above them only', () => {
  const rank = (file: string): number =>
    file.startsWith('cli/')
      ? 3
      : /^(entry\/|mcp\/|index\.ts)/.test(file)
        ? 2
        : /^(pipeline|run)\//.test(file)
          ? 1
          : 0;
  const upwards = [...imports].flatMap(([file, found]) =>
    // The list of errors is one line that every entry exports.
    found
      .filter((other) => rank(other) > rank(file) && other !== 'entry/errors.ts')
      .map((other) => `${file} → ${other}`),
  );
  expect(upwards).toEqual([]);
});

test('the command line starts without what only some commands use', () => {
  const started = new Set<string>();
  const visit = (file: string): void => {
    if (started.has(file)) return;
    started.add(file);
    const text = readFileSync(join(root, file), 'utf8');
    // Imports of types alone are no imports once compiled.
    for (const [, names, path] of text.matchAll(/^(?:import|export)\s([^;]*?)from\s+'(\.[^']+)';/gms)) {
      const inner = /^\{(.*)\}\s*$/s
        .exec(names)?.[1]
        .split(',')
        .filter((name) => name.trim() !== '');
      if (names.startsWith('type ') || inner?.every((name) => name.trim().startsWith('type '))) continue;
      visit(relative(root, join(root, dirname(file), path)).replace(/\.js$/, '.ts'));
    }
  };
  visit('cli/program.ts');
  const late =
    /^(topics|map|hdbscan|layout|neighbors|language-model|mcp)\/|^embed\/(int8|onnx|session|engine)|parquet/;
  expect([...started].filter((file) => late.test(file))).toEqual([]);
});

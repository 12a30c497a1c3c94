// The command's modules in few files: scripts/command.mjs.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = new URL('../../build/cli/', import.meta.url);
const files = readdirSync(folder).filter((name) => name === 'program.js' || /^part-\w+\.js$/.test(name));
const texts = files.map((name) => readFileSync(new URL(name, folder), 'utf8'));

test('the program imports packages, its own parts, and what is bundled or compiled by itself, no single module', () => {
  const imported = texts.flatMap((text) =>
    [...text.matchAll(/^(?:import|export|\} from)\b[^"\n]*"(\.[^"]+)";$/gm)].map(([, path]) => path),
  );
  expect(imported.length).toBeGreaterThan(files.length);
  const others = imported.filter((path) => !/^\.\/part-\w+\.js$/.test(path));
  expect(others.filter((path) => !/^\.\.\/(wasm\/[\w-]+|\w+\/(sdk|eld))\.js$/.test(path))).toEqual([]);
  for (const path of imported) expect(existsSync(fileURLToPath(new URL(path, folder)))).toBe(true);
});

test('a module in it looks for files and threads from its own place in the package', () => {
  const places = texts.flatMap((text) =>
    [...text.matchAll(/new URL\("([^"]+)", import\.meta\.url\)\.href/g)].map(([, path]) => path),
  );
  expect(places).toContain('../topics/detector.js');
  for (const path of places) expect(existsSync(fileURLToPath(new URL(path, folder)))).toBe(true);
  expect(texts.join('').match(/import\.meta\.url(?!\))/g)).toBeNull();
});

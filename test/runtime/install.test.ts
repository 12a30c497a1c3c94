import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FETCHED } from '../../src/runtime/install.js';
import { findNative } from '../../src/runtime/native.js';

const { packages } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
) as { packages: Record<string, { version: string; integrity: string }> };

test.each(FETCHED)('$name has the version and the checksum of the lock file', ({ name, version, sha512 }) => {
  expect(packages[`node_modules/${name}`]).toMatchObject({ version, integrity: `sha512-${sha512}` });
});

test('WebAssembly has the version of the native runtime', () => {
  expect(packages['node_modules/onnxruntime-web'].version).toBe(FETCHED[0].version);
  expect(findNative()?.version).toBe(FETCHED[0].version);
});

test('what is kept are the binaries of this platform and the code', () => {
  const { keep } = FETCHED[0];
  const own = `bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`;
  const paths = ['package.json', 'dist/index.js', own, 'bin/napi-v6/plan9/x64/a.node', 'script/install.js'];
  expect(paths.filter((path) => keep?.(path))).toEqual(['package.json', 'dist/index.js', own]);
});

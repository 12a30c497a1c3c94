import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  version?: string;
  optional?: boolean;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
) as { packages: Record<string, Locked> };

test('the lock file has the packages of every platform, without which npm ci refuses it', () => {
  const names = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {})
      .filter((name) => !names.has(name))
      .map((name) => `${path} needs ${name}`),
  );
  expect(missing).toEqual([]);
});

test('the lock file lets no npm run the install script of onnxruntime-node', () => {
  // That script downloads CUDA libraries from another host, and npm ci fails where it can't be reached. npm 11 reads
  // allowScripts of package.json; npm 10 looks for scripts only where the lock file says that there are some. So
  // where this fails, delete the line "hasInstallScript" of onnxruntime-node from package-lock.json.
  const { version, hasInstallScript } = packages['node_modules/onnxruntime-node'];
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(hasInstallScript).toBeUndefined();
});

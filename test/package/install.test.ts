import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { testFolder } from '../helpers/folder.js';
import { NODES, nodeWithNpm } from '../helpers/nodes.js';
import { runCommand } from '../helpers/run.js';

/*
 * What a new user does: `npm install denscape` in an empty folder, then the first run. Each npm treats install scripts, peers
 * and engines in its own way, so it is done with those that come with Node 20, 22 and 24.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const { path: home } = testFolder();
let tarball: string;

beforeAll(() => {
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', home];
  const name = execFileSync('npm', pack, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  tarball = join(home, name.trim().split('\n').at(-1) ?? '');
});

/** The variables of this process without those that npm sets for scripts: a new user has none of them. */
function plainEnvironment(node: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_|^ONNXRUNTIME_|^DENSCAPE_/i.test(name) || name === 'npm_config_registry',
  );
  return {
    ...Object.fromEntries(kept),
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
    NO_COLOR: '1',
  };
}

/** Bytes of all files of a folder. */
const bytesOf = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);

/** Rows of the demo: all of them once, a part elsewhere, since what differs is how the package is installed. */
const ROWS: Partial<Record<string, number>> = { '22.23.3': 100, '24.19.0': 100 };

function demoFile(folder: string, rows = Number.POSITIVE_INFINITY): string {
  const lines = readFileSync(join(root, 'examples', 'news.csv'), 'utf8')
    .trimEnd()
    .split('\n');
  const file = join(folder, 'news.csv');
  writeFileSync(file, `${lines.slice(0, rows + 1).join('\n')}\n`);
  return file;
}

describe.each(NODES)('with Node $node and npm $npm', (versions) => {
  test('an install without flags and variables succeeds, is small, and runs the demo', async () => {
    const { node, npm } = await nodeWithNpm(versions);
    const folder = join(home, versions.node);
    mkdirSync(folder);
    const env = plainEnvironment(node);
    const begin = performance.now();
    const install = await runCommand(node, [npm, 'install', tarball], { cwd: folder, env, only: true });
    const seconds = (performance.now() - begin) / 1000;
    expect(install.code, install.stderr).toBe(0);
    expect(install.stderr).not.toMatch(/EBADENGINE|ERESOLVE|deprecated/);
    const modules = join(folder, 'node_modules');
    const bytes = bytesOf(modules);
    const first = performance.now();
    const demo = await runCommand(
      node,
      [
        join(modules, 'denscape', 'build', 'cli', 'main.js'),
        ...['cluster', demoFile(folder, ROWS[versions.node]), '--model', 'minilm'],
        ...['--out', 'demo', '--cache', 'vectors', '--json'],
      ],
      // The model comes from the cache of the tests; without it the first run would download it.
      { cwd: folder, env: { ...env, DENSCAPE_CACHE: process.env.DENSCAPE_CACHE }, only: true },
    );
    const runSeconds = (performance.now() - first) / 1000;
    expect(demo.code, demo.stderr).toBe(0);
    expect(JSON.parse(demo.stdout)).toMatchObject({ device: 'wasm', themes: expect.any(Number) });
    expect(existsSync(join(folder, 'demo', 'map.html'))).toBe(true);
    expect(existsSync(join(modules, 'onnxruntime-node'))).toBe(false);
    console.log(
      `Node ${versions.node}, npm ${versions.npm}: installed ${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s; the demo ran in ${runSeconds.toFixed(1)} s`,
    );
    expect(bytes).toBeLessThan(150e6);
  }, 500_000);
});

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { testFolder } from '../helpers/folder.js';
import { NODES, NPM_9, nodeWithNpm } from '../helpers/nodes.js';
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

/** Rows of the demo: many of them once, few elsewhere, since what differs is how the package is installed. */
const ROWS: Partial<Record<string, number>> = { '22.23.3': 30, '24.19.0': 30 };

function demoFile(folder: string, rows = 150): string {
  const lines = readFileSync(join(root, 'examples', 'news.csv'), 'utf8')
    .trimEnd()
    .split('\n');
  const file = join(folder, 'news.csv');
  writeFileSync(file, `${lines.slice(0, rows + 1).join('\n')}\n`);
  return file;
}

/** Runs the installed command line; its model comes from the cache of the tests, where a first run would download it. */
const denscape = (folder: string, node: string, args: string[], more: NodeJS.ProcessEnv = {}) => {
  const main = join(folder, 'node_modules', 'denscape', 'build', 'cli', 'main.js');
  const env = { ...plainEnvironment(node), DENSCAPE_CACHE: process.env.DENSCAPE_CACHE, ...more };
  return runCommand(node, [main, ...args], { cwd: folder, env, only: true });
};

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
    const demo = await denscape(folder, node, [
      ...['cluster', demoFile(folder, ROWS[versions.node]), '--model', 'minilm'],
      ...['--out', 'demo', '--cache', 'vectors', '--json'],
    ]);
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

test.each([NPM_9, NODES[0], NODES[2]])(
  'npx of npm $npm runs the package from an empty folder, with nothing installed there',
  async (versions) => {
    const { node, npm } = await nodeWithNpm(versions);
    const folder = join(home, `npx-${versions.npm}`);
    const cache = join(home, `npx-cache-${versions.npm}`);
    for (const one of [folder, cache]) mkdirSync(one);
    // A cache of its own, since npx keeps what it unpacks there; packages that npm has downloaded before are shared.
    const { stdout } = await runCommand(node, [npm, 'config', 'get', 'cache'], { cwd: folder, only: true });
    symlinkSync(join(stdout.trim(), '_cacache'), join(cache, '_cacache'), 'junction');
    const begin = performance.now();
    const {
      code,
      stdout: printed,
      stderr,
    } = await runCommand(
      node,
      [npm, 'exec', '--yes', `--package=${tarball}`, '--', 'denscape', '--version'],
      {
        cwd: folder,
        env: { ...plainEnvironment(node), npm_config_cache: cache },
        only: true,
      },
    );
    expect(code, stderr).toBe(0);
    expect(printed).toMatch(/^\d+\.\d+\.\d+/);
    expect(readdirSync(folder)).toEqual([]);
    console.log(
      `npx of npm ${versions.npm} ran it ${((performance.now() - begin) / 1000).toFixed(1)} s after it was called`,
    );
  },
  500_000,
);

describe('the native runtime', () => {
  const folder = join(home, NODES[1].node);
  const cache = join(home, 'cache');
  const run = async (args: string[], more: NodeJS.ProcessEnv = {}) => {
    const { node } = await nodeWithNpm(NODES[1]);
    return denscape(folder, node, args, { DENSCAPE_CACHE: cache, ...more });
  };

  test('is not fetched from a registry that has something else under its name', async () => {
    const archive = readFileSync(tarball);
    const server = createServer((request, response) => {
      const { host } = request.headers;
      const [, name] = (request.url ?? '').split('/');
      if (request.url?.endsWith('.tgz')) return void response.end(archive);
      const dist = { tarball: `http://${host}/${name}/-/it.tgz` };
      const version = { name, version: '1.30.0', dist };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ name, 'dist-tags': { latest: '1.30.0' }, versions: { '1.30.0': version } }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const npm_config_registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const { code, stderr } = await run(['runtime', 'install'], { npm_config_registry });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /error: onnxruntime-node@1\.30\.0 from the registry has the checksum sha512-.* not used/,
      );
      expect(readdirSync(join(cache, 'runtimes'))).toEqual([]);
    } finally {
      server.close();
    }
  });

  test('is fetched on demand, for this platform only, and then runs the model', async () => {
    expect((await run(['runtime'])).stdout).toContain('native  not installed');
    const { code, stderr } = await run(['runtime', 'install']);
    expect(code, stderr).toBe(0);
    expect((await run(['runtime'])).stdout).toMatch(/native {2}onnxruntime-node 1\.30\.0, fetched/);
    const binaries = readdirSync(join(cache, 'runtimes'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.node'),
    );
    expect(binaries).toEqual([
      expect.stringContaining(join(process.platform, process.arch, 'onnxruntime_binding.node')),
    ]);
    const args = ['cluster', demoFile(folder, 20), '--out', 'native', '--json'];
    const model = join(root, 'test', 'fixtures', 'embed', 'tiny-bge-m3');
    const cluster = await run([...args, '--model', model, '--pooling', 'cls', '--device', 'cpu']);
    expect(cluster.code, cluster.stderr).toBe(0);
    expect(JSON.parse(cluster.stdout)).toMatchObject({ device: 'cpu' });
    expect((await run(['runtime', 'remove'])).stdout).toBe('1 folder deleted\n');
  }, 500_000);
});

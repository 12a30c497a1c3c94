// The code blocks of docs/runs.md, run one after the other as a reader would run them.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { denscape } from './helpers/cli.js';
import { runCommand } from './helpers/run.js';

const ROOT = new URL('..', import.meta.url).pathname;
const page = readFileSync(join(ROOT, 'docs/runs.md'), 'utf8');
const blocks = Array.from(page.matchAll(/^```(sh|js)\n(.*?)^```$/gms), ([, language, code]) => ({
  language,
  code,
}));

// Below the package's folder, so that `denscape` is found by its own name.
let folder: string;

beforeAll(() => {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.cache', 'runs-'));
  const [header, ...lines] = readFileSync(join(ROOT, 'examples/news.csv'), 'utf8').trimEnd().split('\n');
  for (const [name, part] of [
    ['first', lines.slice(0, 250)],
    ['more', lines.slice(240, 320)],
    ['later', lines.slice(320)],
  ] as const) {
    writeFileSync(join(folder, `${name}.csv`), `${[header, ...part].join('\n')}\n`);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the page has a block for each of its parts that runs something', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(8);
});

test('every block of docs/runs.md runs, in their order', async () => {
  for (const [at, { language, code }] of blocks.entries()) {
    if (language === 'sh') {
      for (const line of code.trim().split('\n')) {
        const [program, ...args] = line.split(/\s+/);
        expect(program).toBe('denscape');
        const run = await denscape(args, { cwd: folder });
        expect(run.stderr, line).not.toMatch(/^error/m);
        expect(run.code, line).toBe(0);
      }
    } else {
      const file = join(folder, `block-${at}.mjs`);
      writeFileSync(file, code);
      const run = await runCommand(process.execPath, [file], { cwd: folder });
      expect(run.stderr).toBe('');
      expect(run.code).toBe(0);
      expect(run.stdout).not.toBe('');
      expect(run.stdout).not.toMatch(/undefined|NaN/);
    }
  }
}, 280_000);

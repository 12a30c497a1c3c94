// The code blocks of docs/cookbook.md, run as a reader would run them: programs and commands in a folder with news.csv.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embed } from '../src/entry/embed.js';
import { openChromium } from './helpers/chromium.js';
import { denscape } from './helpers/cli.js';
import { litePython } from './helpers/milvus.js';
import { runCommand } from './helpers/run.js';

const ROOT = new URL('..', import.meta.url).pathname;

interface Block {
  recipe: string;
  language: string;
  code: string;
}

function blocksOf(markdown: string): Block[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [recipe] = section.split('\n', 1);
      const fences = section.matchAll(/^```(\w+)\n(.*?)^```$/gms);
      return Array.from(fences, ([, language, code]) => ({ recipe, language, code }));
    });
}

const blocks = blocksOf(readFileSync(join(ROOT, 'docs/cookbook.md'), 'utf8'));

// Below the package's folder, so that `denscape` is found by its own name.
let folder: string;

beforeAll(async () => {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.cache', 'cookbook-'));
  cpSync(join(ROOT, 'examples/news.csv'), join(folder, 'news.csv'));
  const [header, ...lines] = readFileSync(join(folder, 'news.csv'), 'utf8').trimEnd().split('\n');
  mkdirSync(join(folder, 'reports'));
  for (const [name, part] of [
    ['january.csv', lines.slice(0, 200)],
    ['february.csv', lines.slice(200)],
  ] as const) {
    writeFileSync(join(folder, 'reports', name), `${[header, ...part].join('\n')}\n`);
  }
  const notes = lines.map((line, at) => `2031-03-${String(1 + (at % 28)).padStart(2, '0')} INFO ${line}`);
  writeFileSync(join(folder, 'notes.log'), `${notes.join('\n')}\n`);
  const { vectors } = await embed(lines, { model: 'minilm' });
  const bytes = Buffer.from(vectors.data.buffer, vectors.data.byteOffset, vectors.data.byteLength);
  writeFileSync(join(folder, 'embeddings.f32'), bytes);
  writeFileSync(join(folder, 'embeddings.npy'), npy(bytes, vectors.rows, vectors.cols));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A float32 matrix as NumPy's format 1.0, whose header is padded to a multiple of 64 bytes. */
function npy(data: Buffer, rows: number, cols: number): Buffer {
  const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  const padded = `${head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11)}\n`;
  const size = Buffer.from([padded.length & 255, padded.length >> 8]);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), size, Buffer.from(padded), data]);
}

test('the cookbook has a block for each of its recipes', () => {
  const recipes = [...readFileSync(join(ROOT, 'docs/cookbook.md'), 'utf8').matchAll(/^## (\d+)\./gm)];
  expect(recipes.length).toBeGreaterThanOrEqual(10);
  for (const [, number] of recipes) {
    expect(blocks.some(({ recipe }) => recipe.startsWith(`${number}.`))).toBe(true);
  }
});

describe.each([...new Set(blocks.map(({ recipe }) => recipe))])('%s', (recipe) => {
  const own = blocks.filter((block) => block.recipe === recipe);

  test.each(own.map((block, at) => [`block ${at + 1}`, block] as const))('%s runs', async (name, block) => {
    if (block.language === 'sh') {
      const env = block.code.includes('--milvus') ? { DENSCAPE_PYTHON: await litePython() } : {};
      for (const line of block.code.trim().split('\n')) {
        const [program, ...args] = line.split(/\s+/);
        expect(program).toBe('denscape');
        const run = await denscape(args, { cwd: folder, env });
        expect(run.stderr).not.toMatch(/^error/m);
        expect(run.code).toBe(0);
      }
    } else if (recipe.includes('browser')) {
      expect(await inPage(block.code)).toMatch(/^[2-9] groups drawn$/);
    } else {
      const file = join(folder, `${recipe.replace(/\W+/g, '-')}-${name.at(-1)}.mjs`);
      writeFileSync(file, block.code);
      const run = await runCommand(process.execPath, [file], { cwd: folder });
      expect(run.stderr).toBe('');
      expect(run.code).toBe(0);
      expect(run.stdout).not.toMatch(/undefined|NaN/);
      if (block.code.includes('console.log')) expect(run.stdout).not.toBe('');
    }
  });
});

/** Bundles a module, runs it in a page and returns the title that it sets. */
async function inPage(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: ROOT },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0].text, type: 'module' });
    await page.waitForFunction(() => document.title !== '');
    return await page.title();
  } finally {
    await browser.close();
  }
}

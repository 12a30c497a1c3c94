// The module as a page gets it: one bundle, in a real Chromium.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hdbscan, recut } from '../../src/hdbscan/index.js';
import { openChromium } from '../helpers/chromium.js';

const ROWS = 870;
const COLS = 384;
const file = readFileSync(new URL('../fixtures/news/vectors_870x384.f32', import.meta.url));
const data = new Float32Array(
  file.buffer.slice(file.byteOffset, file.byteOffset + file.length) as ArrayBuffer,
);

let bundle: string;
let inputs: Metafile['inputs'];
let browser: Browser;

beforeAll(async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [new URL('../../src/hdbscan/index.ts', import.meta.url).pathname],
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'denscape',
    platform: 'browser',
    write: false,
    metafile: true,
  });
  bundle = outputFiles[0].text;
  inputs = metafile.inputs;
  browser = await openChromium();
});
afterAll(() => browser?.close());

test('the bundle, WebAssembly included, is under 100 KB gzipped', () => {
  expect(gzipSync(bundle).length).toBeLessThan(100_000);
});

test('nothing of Node is in it, and no package but valibot, which checks the options', () => {
  const packages = Object.keys(inputs).flatMap((path) => /node_modules\/([^/]+)/.exec(path)?.[1] ?? []);
  expect([...new Set(packages)]).toEqual(['valibot']);
  const imports = Object.values(inputs).flatMap((input) => input.imports.map(({ path }) => path));
  expect(imports.filter((path) => path.startsWith('node:'))).toEqual([]);
});

test('a page gets the labels, probabilities and recut that Node gets, to the bit', async () => {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.addScriptTag({ content: bundle });
  const result = await page.evaluate(
    async ({ base64, rows, cols }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const { denscape } = globalThis as unknown as { denscape: typeof import('../../src/hdbscan/index.js') };
      const points = { data: new Float32Array(bytes.buffer), rows, cols };
      const fit = await denscape.hdbscan(points, { minClusterSize: 3, neighbors: 10 });
      const { labels } = denscape.recut(fit, { clusters: 10 });
      const aborted = await denscape
        .hdbscan(points, { signal: AbortSignal.abort() })
        .catch((error) => error.name);
      return {
        labels: [...fit.labels],
        probabilities: [...fit.probabilities],
        exactness: fit.exactness,
        recut: [...labels],
        aborted,
      };
    },
    { base64: Buffer.from(data.buffer).toString('base64'), rows: ROWS, cols: COLS },
  );
  const fit = await hdbscan({ data, rows: ROWS, cols: COLS }, { minClusterSize: 3, neighbors: 10 });
  expect(result.labels).toEqual([...fit.labels]);
  expect(result.probabilities).toEqual([...fit.probabilities]);
  expect(result.exactness).toEqual(fit.exactness);
  expect(result.exactness.certified).toBe(true);
  expect(result.recut).toEqual([...recut(fit, { clusters: 10 }).labels]);
  expect(result.aborted).toBe('AbortError');
  expect(errors).toEqual([]);
});

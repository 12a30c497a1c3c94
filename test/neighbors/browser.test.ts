import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../helpers/chromium.js';
import { bruteForce, clustered } from './reference.js';

const points = clustered(900, 24, 5);
const K = 8;

/** Runs in the page: searches, and says what it had. */
const PAGE = `
import { findNeighbors } from './src/neighbors/neighbors.ts';
import { canShareMemory } from './src/wasm/thread.ts';
globalThis.search = async (numbers, rows, cols, k, options) => {
  const messages = [];
  const points = { data: Float32Array.from(numbers), rows, cols };
  try {
    const { indices, distances, engine } = await findNeighbors(points, k, { ...options, onProgress: (p) => messages.push(p.message) });
    return { indices: [...indices], distances: [...distances], engine, messages, isShared: canShareMemory() };
  } catch (error) {
    return { message: error.message };
  }
};`;

let browser: Browser;
let server: Server;
let origin: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir: fileURLToPath(new URL('../..', import.meta.url)), loader: 'ts' },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    write: false,
  });
  const html = `<!doctype html><script>${outputFiles[0].text.replaceAll('</script', '<\\/script')}</script>`;
  server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    if (request.url === '/isolated') {
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
    }
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // The package switches off what cross-origin isolation needs.
  browser = await openChromium([], ['--disable-web-security', '--disable-site-isolation-trials']);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

async function searchIn(path: string, options: object) {
  const page = await browser.newPage();
  await page.goto(origin + path);
  const { data, rows, cols } = points;
  const call = `search(${JSON.stringify([...data])}, ${rows}, ${cols}, ${K}, ${JSON.stringify(options)})`;
  const found = await page.evaluate(call);
  await page.close();
  return found as {
    indices: number[];
    distances: number[];
    engine: string;
    messages: string[];
    isShared: boolean;
    message?: string;
  };
}

for (const [path, isShared] of [
  ['/isolated', true],
  ['/plain', false],
] as const) {
  test(`a page ${isShared ? 'that is cross-origin isolated searches on two threads' : 'elsewhere searches on one'}, with the same bytes`, async () => {
    const truth = bruteForce(points, K);
    for (const engine of ['wasm', 'kdtree']) {
      const found = await searchIn(path, { engine, threads: 2 });
      expect(found.isShared).toBe(isShared);
      expect(found.indices).toEqual([...truth.indices]);
      expect(found.distances).toEqual([...truth.distances]);
    }
  });
}

test('auto finds an engine in a page and says which', async () => {
  const { engine, messages } = await searchIn('/isolated', {});
  expect(engine).toBe('wasm');
  expect(messages).toContain('neighbours by wasm: right for 900 × 24; expect under a second');
});

test('an engine that needs Node says so in a page', async () => {
  const { message } = await searchIn('/plain', { engine: 'onnx' });
  expect(message).toBe('onnxruntime-node runs in Node only; use the engine "wasm" or "kdtree" here');
});

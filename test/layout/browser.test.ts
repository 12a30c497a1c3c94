import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { layout } from '../../src/layout/index.js';
import { openChromium } from '../helpers/chromium.js';
import { newsGraph } from './graphs.js';

test('a page in Chromium lays 870 rows out to the bytes that Node gives', async () => {
  const entry = fileURLToPath(new URL('../../src/layout/index.ts', import.meta.url));
  const bundle = await build({
    stdin: {
      contents: `import { layout } from ${JSON.stringify(entry)}; globalThis.layout = layout;`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    write: false,
  });
  const graph = newsGraph();
  const here = await layout(graph, { epochs: 50 });
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: bundle.outputFiles[0].text });
    const there = await page.evaluate(
      async ({ indices, distances }) => {
        const run = Reflect.get(globalThis, 'layout') as typeof layout;
        const lists = {
          indices: Int32Array.from(indices),
          distances: Float32Array.from(distances),
          rows: 870,
          neighbors: 50,
        };
        const { points, init } = await run(lists, { epochs: 50 });
        return { points: Array.from(points), used: init.used };
      },
      { indices: Array.from(graph.indices), distances: Array.from(graph.distances) },
    );
    expect(there.used).toBe('spectral');
    expect(new Float32Array(there.points)).toEqual(here.points);
  } finally {
    await browser.close();
  }
});

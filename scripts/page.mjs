// Bundles the map's page: src/map/page → build/map/page.js and page.css, which src/map/map.ts inlines.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export async function buildPage(root) {
  const outfile = join(root, 'build', 'map', 'page.js');
  mkdirSync(join(root, 'build', 'map'), { recursive: true });
  await build({
    entryPoints: [join(root, 'src', 'map', 'page', 'main.ts')],
    outfile,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    loader: { '.css': 'css' },
    // Its build for Node takes Buffer for granted.
    alias: { 'csv-stringify/sync': 'csv-stringify/browser/esm/sync' },
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  // Inside <script> only these can end it or change how it is read.
  const script = readFileSync(outfile, 'utf8').replace(/<(?=\/script|script|!--)/gi, '\\x3C');
  writeFileSync(outfile, script);
}

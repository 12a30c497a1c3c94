// Bundles the map's page: src/map/page → build/map/page.js, page.css and boot.js, which src/map/map.ts puts into each map.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export async function buildPage(root) {
  mkdirSync(join(root, 'build', 'map'), { recursive: true });
  await bundle(root, 'main', 'page');
  await bundle(root, 'boot', 'boot');
}

/** Bundles one entry of src/map/page into one script. */
async function bundle(root, entry, name) {
  const outfile = join(root, 'build', 'map', `${name}.js`);
  await build({
    entryPoints: [join(root, 'src', 'map', 'page', `${entry}.ts`)],
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

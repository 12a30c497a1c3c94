// Bundles the command: src/cli/program.ts and what it imports of src → build/cli/program.js and build/cli/part-….js, a tenth of the
// files, since Node takes longer to find and link 440 modules than the clustering of a few hundred texts takes. Functions keep their
// lines, so that stacks can be read. The package's entries, types and the modules of other threads are those of the compiler.
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build } from 'esbuild';

export async function bundleCommand(root) {
  const [from, to] = [join(root, 'src'), join(root, 'build')];
  const folder = join(to, 'cli');
  /** A file of the package as the bundle names it. */
  const named = (file) => {
    const path = relative(folder, file).split(sep).join('/');
    return path.startsWith('.') ? path : `./${path}`;
  };
  const built = (file) => join(to, relative(from, file)).replace(/\.ts$/, '.js');
  await build({
    entryPoints: [join(from, 'cli', 'program.ts')],
    outdir: folder,
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [
      {
        name: 'command',
        setup(bundler) {
          // Kernels, which are text of half a megabyte, and what is bundled already (vendor.mjs) are loaded from their own files.
          bundler.onResolve({ filter: /\/build\/wasm\/|^\.\/(sdk|eld)\.js$/ }, ({ path, resolveDir }) => {
            const file = join(resolveDir, path);
            return { path: named(file.startsWith(from) ? built(file) : file), external: true };
          });
          // A module finds files and threads next to its own file, whichever file it is bundled into.
          bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
            contents: readFileSync(path, 'utf8').replaceAll(
              'import.meta.url',
              `new URL(${JSON.stringify(named(built(path)))}, import.meta.url).href`,
            ),
            loader: 'ts',
          }));
        },
      },
    ],
  });
}

// What the package contains of other packages, so that installing it brings their used part and not the whole: each with its
// licence next to it.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const shared = {
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
};

function emptyFolder(...parts) {
  const folder = join(...parts);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** onnxruntime-web → build/ort: ONNX Runtime as WebAssembly, in the three files of 142 MB that Node needs. */
export async function copyOnnxRuntime(root) {
  const from = join(root, 'node_modules', 'onnxruntime-web');
  const to = emptyFolder(root, 'build', 'ort');
  // Its only import is onnxruntime-common, which goes into the file. It looks for the other two files next to itself.
  await build({
    ...shared,
    entryPoints: [join(from, 'dist', 'ort.node.min.mjs')],
    outfile: join(to, 'ort.mjs'),
    legalComments: 'inline',
  });
  for (const name of ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']) {
    copyFileSync(join(from, 'dist', name), join(to, name));
  }
  const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  // The npm package has no licence file; this is that of its repository.
  const licence = readFileSync(join(root, 'scripts', 'onnxruntime-licence.txt'), 'utf8');
  writeFileSync(join(to, 'LICENSE.txt'), `From the npm package onnxruntime-web ${version}.\n\n${licence}`);
}

/** dejavu-fonts-ttf → build/fonts: two of its 22 fonts, for pictures. */
export function copyFonts(root) {
  const from = join(root, 'node_modules', 'dejavu-fonts-ttf');
  const to = emptyFolder(root, 'build', 'fonts');
  for (const name of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
    copyFileSync(join(from, 'ttf', name), join(to, name));
  }
  copyFileSync(join(from, 'LICENSE'), join(to, 'LICENSE.txt'));
}

/**
 * build/store/sdk.js, which the compiler made, with the Milvus client inside: one file instead of a hundred packages.
 * Its writer of bulk files, which denscape doesn't use, is left out with what only that needs (Parquet, AWS). Its declarations refer to the
 * client's own, which are not installed: a program that checks its libraries' declarations would not compile, so they are replaced.
 */
export function bundleMilvusClient(root) {
  bundleModule(root, 'store/sdk', [without(/^@shanghaikid\/parquetjs$/)]);
  const declarations =
    'export declare class MilvusClient {\n    private constructor();\n}\nexport declare const DataType: Readonly<Record<string, number>>;\n';
  writeFileSync(join(root, 'build', 'store', 'sdk.d.ts'), declarations);
}

/** build/mcp/sdk.js with the part of the Model Context Protocol's SDK that a server over standard input needs. */
export const bundleMcp = (root) => bundleModule(root, 'mcp/sdk');

/** build/topics/eld.js with the detector of languages. Its 81,000 n-grams are parsed as JSON in a third of the time that a program takes. */
export const bundleLanguages = (root) =>
  bundleModule(root, 'topics/eld', [constantsAsJson(/ngrams\/small\.js$/)]);

/** Leaves out imports of some names. */
const without = (names) => ({
  name: 'without',
  setup(bundler) {
    bundler.onResolve({ filter: names }, ({ path }) => ({ path, namespace: 'left-out' }));
    bundler.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
});

/** Modules of nothing but large constants. */
const constantsAsJson = (paths) => ({
  name: 'constants-as-json',
  setup(bundler) {
    bundler.onLoad({ filter: paths }, async ({ path }) => {
      const constants = Object.entries(await import(pathToFileURL(path).href));
      const parsed = (value) => `JSON.parse(${JSON.stringify(JSON.stringify(value))})`;
      return {
        contents: constants.map(([name, value]) => `export const ${name} = ${parsed(value)};`).join('\n'),
      };
    });
  },
});

/** build/<module>.js with everything that it imports, and the licences next to it. */
async function bundleModule(root, module, plugins = []) {
  const { metafile } = await build({
    ...shared,
    stdin: {
      contents: readFileSync(join(root, 'src', `${module}.ts`), 'utf8'),
      loader: 'ts',
      resolveDir: dirname(join(root, 'src', module)),
    },
    outfile: join(root, 'build', `${module}.js`),
    plugins,
    charset: 'utf8',
    // Its error messages name classes.
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    // Its packages are CommonJS and load Node's modules with require.
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  });
  const folders = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder) folders.add(folder);
  }
  const notices = [...folders].sort().map((folder) => noticeOf(join(root, folder)));
  writeFileSync(
    join(root, 'build', `${module}.LICENSES.txt`),
    `${basename(module)}.js contains these npm packages.\n\n${notices.join('\n')}`,
  );
}

/** Name, version and licence text of an installed package. */
function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file))
    : [];
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}

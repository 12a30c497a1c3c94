// Builds what is stale: `node scripts/build.mjs [wasm] [vendor] [page] [lib]`, all of them without a name.
//   wasm  assembly/<folder>/index.ts → build/wasm/<target>.js (the bytes as text, so that every bundler,
//         Node and a page opened from disk load it the same way)
//   vendor  what the package has of others' packages instead of depending on them (vendor.mjs)
//   page  src/map/page → build/map/page.js and boot.js, the scripts of a map
//   lib   src → build (JavaScript and types), the command in few files (command.mjs)
// A part is stale when the hash of its inputs differs from the one in build/.stamp.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleCommand } from './command.mjs';
import { describeKernel, layoutExports, textOf } from './kernel-types.mjs';
import { writeOptionTypes } from './option-types.mjs';
import { bundleLanguages, bundleMcp, bundleMilvusClient, copyFonts, copyOnnxRuntime } from './vendor.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => join(root, ...parts);

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** One hash over names and contents; a missing input counts as empty. */
function hashOf(inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) {
    if (!existsSync(input)) continue;
    const files = input.includes('.') && !input.endsWith('/') ? [input] : filesBelow(input);
    for (const file of files) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}

async function compileTarget(target, outFile) {
  const asc = await import('assemblyscript/asc');
  const folder = target.split('-')[0];
  const entry = `assembly/${folder}/index.ts`;
  const layouts = layoutExports(at('assembly', folder));
  const readFile = (name, base) => {
    const path = resolve(root, base, name);
    if (!existsSync(path)) return null;
    const text = readFileSync(path, 'utf8');
    return path === at(entry) ? `${text}\n${layouts}\n` : text;
  };
  const { error, stdout, stderr } = await asc.main([entry, '--config', 'asconfig.json', '--target', target], {
    reportDiagnostic: undefined,
    readFile,
  });
  if (error) throw new Error(`assembly/${folder}: ${error.message}\n${stdout}${stderr}`);
  const bytes = readFileSync(at(outFile));
  const module = at(outFile.replace(/\.wasm$/, ''));
  // All builds of a kernel have the same functions; the plain one describes them.
  const { javascript, types } =
    target === folder
      ? describeKernel(at('assembly', folder), bytes, readFileSync(`${module}.d.ts`, 'utf8'))
      : { javascript: '', types: '' };
  writeFileSync(`${module}.js`, `${javascript}export default '${textOf(bytes)}';\n`);
  writeFileSync(`${module}.d.ts`, `${types}declare const text: string;\nexport default text;\n`);
  rmSync(at(outFile));
}

/** Builds of kernels by name. */
const targets = () => JSON.parse(readFileSync(at('asconfig.json'), 'utf8')).targets;

async function buildWasm() {
  mkdirSync(at('build', 'wasm'), { recursive: true });
  for (const [target, { outFile }] of Object.entries(targets())) await compileTarget(target, outFile);
}

async function buildPage() {
  const page = await import(pathToFileURL(at('scripts', 'page.mjs')).href);
  await page.buildPage(root);
}

async function buildLib() {
  const compiler = at('node_modules', 'typescript', 'bin', 'tsc');
  // Incremental: only changed files are checked again.
  const info = at('build', '.tsbuildinfo');
  if (!existsSync(at('build', 'index.js'))) rmSync(info, { force: true });
  const kept = ['--incremental', '--tsBuildInfoFile', info];
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.json', ...kept], { cwd: root, stdio: 'inherit' });
  chmodSync(at('build', 'cli', 'main.js'), 0o755);
  removeOrphans();
  await writeOptionTypes(at('build'));
  await bundleMilvusClient(root);
  await bundleMcp(root);
  await bundleLanguages(root);
  await bundleCommand(root);
}

/** Deletes output without a source file, and modules of the page, which is bundled: both would be packed. */
function removeOrphans() {
  const source = (file) => file.replace(at('build/'), at('src/')).replace(/\.(js|d\.ts)$/, '.ts');
  const kernels = Object.keys(targets()).map((target) => at('build', 'wasm', `${target}.`));
  const bundles = ['page.', 'boot.'].map((bundle) => at('build', 'map', bundle));
  const made = (file) => [...kernels, ...bundles].some((start) => file.startsWith(start));
  for (const file of filesBelow(at('build'))) {
    const kept = made(file) || (existsSync(source(file)) && !file.startsWith(at('build', 'map', 'page/')));
    if (/\.(js|d\.ts)$/.test(file) && !kept) rmSync(file);
  }
}

const shared = [at('package-lock.json'), at('scripts', 'build.mjs'), at('scripts', 'vendor.mjs')];
const compiler = at('node_modules', 'assemblyscript', 'package.json');
const parts = {
  wasm: {
    inputs: [at('assembly/'), at('asconfig.json'), at('scripts', 'kernel-types.mjs'), compiler],
    build: buildWasm,
  },
  vendor: {
    inputs: [at('package-lock.json'), at('scripts', 'onnxruntime-licence.txt'), at('scripts', 'vendor.mjs')],
    build: async () => {
      await copyOnnxRuntime(root);
      copyFonts(root);
    },
  },
  page: {
    inputs: [at('src', 'map/'), at('src', 'shapes.ts'), at('scripts', 'page.mjs'), ...shared],
    build: buildPage,
  },
  lib: {
    inputs: [
      at('src/'),
      at('assembly/'),
      at('tsconfig.json'),
      at('scripts', 'command.mjs'),
      at('scripts', 'option-types.mjs'),
      ...shared,
    ],
    build: buildLib,
  },
};

const stampFile = at('build', '.stamp');
const stamp = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};
const wanted = process.argv.slice(2);
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const hash = hashOf(part.inputs);
  if (stamp[name] === hash) continue;
  process.stderr.write(`building ${name} … `);
  const start = performance.now();
  await part.build();
  stamp[name] = hash;
  mkdirSync(at('build'), { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify(stamp, null, 2)}\n`);
  process.stderr.write(`${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

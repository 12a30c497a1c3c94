// Whole processes, as users start them: plain Node over the built package. A loader of TypeScript holds 25 MB of its own.
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { runCommand } from '../test/helpers/run.js';

const root = fileURLToPath(new URL('..', import.meta.url));

let made: Promise<string> | undefined;

/** A folder that looks like this one, with `src` as it was built, and without types. */
async function buildBench(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'denscape-bench-'));
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  const sources: string[] = [];
  for (const folder of ['bench', join('test', 'helpers')]) {
    const files = await readdir(join(root, folder), { recursive: true });
    sources.push(...files.filter((file) => file.endsWith('.ts')).map((file) => join(root, folder, file)));
  }
  await build({
    entryPoints: sources,
    outdir: copy,
    outbase: root,
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  await writeFile(join(copy, 'package.json'), '{ "type": "module" }\n');
  for (const [name, target] of [
    ['src', 'build'],
    [join('test', 'fixtures'), join('test', 'fixtures')],
    ['node_modules', 'node_modules'],
  ]) {
    await symlink(join(root, target), join(copy, name));
  }
  return copy;
}

interface Run {
  seconds: number;
  printed: string;
  /** Of a program that runs under Node only. */
  peakMiB?: number;
}

/** Times one process from start to end, or takes the time that it prints for its work. */
export async function runProcess(file: string, args: string[], env?: Record<string, string>): Promise<Run> {
  let command = file;
  let before: string[] = [];
  if (file.endsWith('.ts') || file.endsWith('.js')) {
    made ??= buildBench();
    const folder = await made;
    const built = (source: string) => join(folder, relative(root, source).replace(/ts$/, 'js'));
    command = process.execPath;
    const program = file.endsWith('.ts') ? built(file) : file;
    before = ['--import', pathToFileURL(built(join(root, 'bench', 'peak.ts'))).href, program];
  }
  const start = performance.now();
  const { code, stdout, stderr } = await runCommand(command, [...before, ...args], { env });
  const whole = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${stderr.trim().split('\n').at(-1)}`);
  const took = /took-seconds ([\d.]+)/.exec(stderr);
  const peak = /peak-mib (\d+)/.exec(stderr);
  return {
    seconds: took ? Number(took[1]) : whole,
    printed: stdout,
    peakMiB: peak ? Number(peak[1]) : undefined,
  };
}

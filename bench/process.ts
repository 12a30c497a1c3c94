// Whole processes, as users start them: plain Node over the built package. A loader of TypeScript holds 25 MB of its own.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

let folder: Promise<string> | undefined;

/** A folder that looks like this one, with `src` as it was built, and without types. */
async function buildBench(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'denscape-bench-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  const sources: string[] = [];
  for (const folder of ['bench', join('test', 'helpers')]) {
    const files = await readdir(join(root, folder), { recursive: true });
    sources.push(...files.filter((file) => file.endsWith('.ts')).map((file) => join(root, folder, file)));
  }
  await build({
    entryPoints: sources,
    outdir: made,
    outbase: root,
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  await writeFile(join(made, 'package.json'), '{ "type": "module" }\n');
  for (const [name, target] of [
    ['src', 'build'],
    [join('test', 'fixtures'), join('test', 'fixtures')],
    ['node_modules', 'node_modules'],
  ]) {
    await symlink(join(root, target), join(made, name));
  }
  return made;
}

export interface Run {
  seconds: number;
  printed: string;
  /** Of a job of ours only. */
  peakMiB?: number;
}

/** One process from start to end, or as long as it says that its work took. */
export async function runProcess(file: string, args: string[], env?: Record<string, string>): Promise<Run> {
  let command = [file, ...args];
  if (file.endsWith('.ts')) {
    folder ??= buildBench();
    const made = await folder;
    const built = (source: string) => join(made, relative(root, source).replace(/ts$/, 'js'));
    const measure = pathToFileURL(built(join(root, 'bench', 'peak.ts'))).href;
    command = [process.execPath, '--import', measure, built(file), ...args];
  }
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command[0], command.slice(1), {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const took = /took-seconds ([\d.]+)/.exec(errors);
      const seconds = took ? Number(took[1]) : (performance.now() - start) / 1000;
      if (code !== 0) reject(new Error(`${file} ended with ${code}: ${errors.trim().split('\n').at(-1)}`));
      const peak = /peak-mib (\d+)/.exec(errors);
      resolve({ seconds, printed, peakMiB: peak ? Number(peak[1]) : undefined });
    });
  });
}

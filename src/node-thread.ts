import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * Starts a thread of Node that runs a module of this package: from the build, or from source (tests, benchmarks), where a loader for
 * TypeScript comes first. It is given none of this process's flags.
 *
 * @param from `import.meta.url` of a file in the module's folder
 * @param name of the module, without an ending
 */
export function startModule(from: string, name: string, workerData?: unknown): Worker {
  const options = { workerData, execArgv: [] };
  if (!from.endsWith('.ts')) return new Worker(fileURLToPath(new URL(`./${name}.js`, from)), options);
  // `--import`, as for processes, has no effect in a thread of Node 20.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')).href;
  const loader = new URL('./dist/esm/api/index.mjs', tsx).href;
  const file = new URL(`./${name}.ts`, from).href;
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(file)}); })`;
  return new Worker(code, { ...options, eval: true });
}

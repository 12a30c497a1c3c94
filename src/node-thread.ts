import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { moduleAt } from './module-at.js';

/** Starts a thread of Node that runs a module, see `moduleAt`. It is given none of this process's flags. */
export function startModule(from: string, name: string, workerData?: unknown): Worker {
  const options = { workerData, execArgv: [] };
  const { url, loader } = moduleAt(from, name);
  if (!loader) return new Worker(fileURLToPath(url), options);
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(url)}); })`;
  return new Worker(code, { ...options, eval: true });
}

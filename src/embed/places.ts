import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** The cache folder: `DENSCAPE_CACHE`, else the platform's. */
export function cacheFolder(): string {
  const named = process.env.DENSCAPE_CACHE;
  if (!named) return envPaths('denscape', { suffix: '' }).cache;
  return named.startsWith('~/') ? join(homedir(), named.slice(2)) : resolve(named);
}

/** Downloaded models: `models/<org>--<name>/<revision>/…`. */
export const modelsFolder = () => join(cacheFolder(), 'models');

/** Vectors: `vectors/<fingerprint>/*.seg`, in the cache folder or in one that the caller named. */
export const vectorsFolder = (named?: string) => join(named ? resolve(named) : cacheFolder(), 'vectors');

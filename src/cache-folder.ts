import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** The folder for what can be fetched or computed again: `DENSCAPE_CACHE`, else the platform's. */
export function cacheFolder(): string {
  const named = process.env.DENSCAPE_CACHE;
  if (!named) return envPaths('denscape', { suffix: '' }).cache;
  return named.startsWith('~/') ? join(homedir(), named.slice(2)) : resolve(named);
}

import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../errors.js';
import { type ClusterOptions, checkOptions } from '../options.js';

const DEFAULT_FILE = 'denscape.config.json';

/** Options from a JSON file, by their API names; flags go before it. */
export function readConfig(file?: string): ClusterOptions {
  const path = file ?? DEFAULT_FILE;
  if (!existsSync(path)) {
    if (file === undefined) return {};
    throw new UserError(`config file ${path} does not exist`);
  }
  let options: unknown;
  try {
    options = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UserError(`config file ${path} is not JSON: ${(error as Error).message}`);
  }
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new UserError(`config file ${path} must hold an object of options, such as { "model": "minilm" }`);
  }
  return checkOptions(options as ClusterOptions, (parts) => `${path}: ${parts.join('.')}`);
}

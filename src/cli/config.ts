import { existsSync, readFileSync } from 'node:fs';
import { listModels } from '../embed/registry.js';
import { UserError } from '../errors.js';
import { type ClusterOptions, checkOptions, OPTION_NAMES } from '../options.js';

const DEFAULT_FILE = 'denscape.config.json';

/**
 * What a config file may set that nobody named: how to read, embed, cluster, draw and name. Not where texts, keys or
 * files go, whose files are read as a model, or that questions are answered with yes. The folder may be of somebody
 * else: a download, an archive, a repository.
 */
const FOUND_MAY_SET = new Set<string>([
  'text',
  'encoding',
  'delimiter',
  'format',
  'device',
  'dtype',
  'maxTokens',
  'prefix',
  'pooling',
  'batchTokens',
  'offline',
  'threads',
  'neighbors',
  'minClusterSize',
  'minSamples',
  'clusterSelectionMethod',
  'clusterSelectionEpsilon',
  'maxClusterSize',
  'allowSingleCluster',
  'alpha',
  'clusters',
  'squared',
  'space',
  'seed',
  'layout',
  'keywords',
  'language',
]);

/** Options that are found by their value: a model that denscape lists, and whether vectors are kept. */
const isHarmless = (name: string, value: unknown): boolean =>
  FOUND_MAY_SET.has(name) ||
  (name === 'model' && listModels().some((model) => model.name === value)) ||
  (name === 'cache' && typeof value === 'boolean');

export interface Config {
  options: ClusterOptions;
  /** One line: which file was used and what it set. Absent where there was none. */
  message?: string;
}

/**
 * Options from a JSON file, by their API names; flags go before it. Without a name, `denscape.config.json` of the
 * current folder is taken where there is one, and may set less.
 * @throws UserError for a file that can't be read, a wrong option, or one that a found file may not set.
 */
export function readConfig(file?: string): Config {
  const path = file ?? DEFAULT_FILE;
  if (!existsSync(path)) {
    if (file === undefined) return { options: {} };
    throw new UserError(`config file ${path} does not exist`);
  }
  let options: unknown;
  try {
    options = JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    throw new UserError(`config file ${path} is not JSON: ${(error as Error).message}`);
  }
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new UserError(`config file ${path} must hold an object of options, such as { "model": "minilm" }`);
  }
  if (file === undefined) refuseUnasked(options as Record<string, unknown>);
  const checked = checkOptions(options as ClusterOptions, (parts) => `${path}: ${parts.join('.')}`);
  const found = file === undefined ? ', found in this folder,' : '';
  return { options: checked, message: `${path}${found} sets ${described(options) || 'nothing'}` };
}

function refuseUnasked(options: Record<string, unknown>): void {
  // A name that is no option gets its own error, with the names that are known.
  const refused = Object.entries(options).filter(
    ([name, value]) => OPTION_NAMES.includes(name) && !isHarmless(name, value),
  );
  if (refused.length === 0) return;
  const names = refused.flatMap(([name, value]) => leaves(value, name).map(([leaf]) => leaf));
  throw new UserError(
    `${DEFAULT_FILE} was found in this folder and sets ${names.join(', ')}: a file that was only found may not say where texts, keys and files go or come from; nothing was done. If you trust it, name it: --config ${DEFAULT_FILE}`,
  );
}

/** `store.uri` and its value, and so on, for every value in an object. */
function leaves(value: unknown, name: string): [string, unknown][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[name, value]];
  const inner = Object.entries(value).flatMap(([key, one]) =>
    leaves(one, name === '' ? key : `${name}.${key}`),
  );
  return inner.length > 0 || name === '' ? inner : [[name, value]];
}

const SHOWN_CHARACTERS = 40;

/** `model "minilm", minClusterSize 300`; keys and tokens are not shown. */
function described(options: object): string {
  return leaves(options, '')
    .map(([name, value]) => {
      if (/(token|key)$/i.test(name)) return `${name} ***`;
      const text = JSON.stringify(value);
      return `${name} ${text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text}`;
    })
    .join(', ');
}

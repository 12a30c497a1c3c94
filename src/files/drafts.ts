import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/*
 * A draft is written in the same folder as the file that it will replace. Its name holds the writing process:
 *   .<name>.<process>-<host>-<random>.part
 */
const DRAFT = /^\..+\.(\d+)-([0-9a-f]{8})-[0-9a-f]{8}\.part$/;
/** Drafts of denscape 0.1, whose names don't hold the process. */
const OLD_DRAFT = /^(?:\..+\.[0-9a-f]{12}|map\.html\.[0-9a-f]{8})\.part$/;
/** Milliseconds without a change after which a draft is abandoned, even if a process with its id runs. */
const ABANDONED = 24 * 3600_000;
/** Bytes of the wanted name that a draft's repeats: with what is added it stays below the usual 255. */
const NAME_BYTES = 100;

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** The path of a new draft for `path`. */
export function draftFor(path: string): string {
  const name = Buffer.from(basename(path)).subarray(0, NAME_BYTES).toString();
  return join(
    dirname(resolve(path)),
    `.${name}.${process.pid}-${host}-${randomBytes(4).toString('hex')}.part`,
  );
}

const swept = new Set<string>();

/** Deletes the drafts that killed processes left in a folder; those of live ones stay. Once a folder and process. */
export async function sweepDrafts(folder: string): Promise<void> {
  if (swept.has(folder)) return;
  swept.add(folder);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (await isAbandoned(name, path)) await rm(path, { force: true }).catch(() => {});
  }
}

async function isAbandoned(name: string, path: string): Promise<boolean> {
  const [, writer, writerHost] = DRAFT.exec(name) ?? [];
  if (writer === undefined && !OLD_DRAFT.test(name)) return false;
  if (writerHost === host && !isRunning(Number(writer))) return true;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED;
}

function isRunning(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // a process of another user: it is alive
  }
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../errors.js';
import { fileError } from './failure.js';
import { type Piece, writeWhole } from './replace.js';

/** In every folder that a run wrote: which files are denscape's, and what it wrote into them. */
export const MANIFEST = '.denscape.json';
const FORMAT = 'denscape/files/1';

/** The files of a manifest by their names. */
export type Written = Record<string, { bytes: number; sha256: string }>;

const schema = v.object({
  format: v.literal(FORMAT),
  files: v.record(v.string(), v.object({ bytes: v.number(), sha256: v.string() })),
});

/** What earlier runs wrote into the folder; nothing where there is no manifest, or none that can be read. */
export async function readManifest(folder: string): Promise<Written> {
  try {
    return v.parse(schema, JSON.parse(await readFile(join(folder, MANIFEST), 'utf8'))).files;
  } catch {
    return {};
  }
}

/** Writes a manifest to `path`. */
export async function writeManifest(path: string, files: Written): Promise<void> {
  const pieces: Piece[] = [`${JSON.stringify({ format: FORMAT, files }, null, 2)}\n`];
  await writeWhole(path, pieces);
}

/** A file's size and checksum, as a manifest holds them. */
export async function fingerprintOf(path: string): Promise<Written[string]> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

export interface OverwriteOptions {
  /** A file that is read by the run and must not be replaced by it. */
  input?: string;
  /** Replace files that no run of denscape wrote. Default false. */
  force?: boolean;
}

/**
 * Throws a UserError if one of `names` in `folder` is something that a run must not replace: a folder or anything else
 * that isn't a file, the run's input, a file that no run of denscape wrote, or one that was changed since.
 */
export async function checkOverwrite(
  folder: string,
  names: readonly string[],
  { input, force = false }: OverwriteOptions,
): Promise<void> {
  const written = await readManifest(folder);
  const source = input === undefined ? undefined : await identity(input);
  for (const name of names) {
    const path = join(folder, name);
    const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw fileError(path, error);
    });
    if (!found) continue;
    const elsewhere = 'name another folder with --out';
    if (found.isDirectory())
      throw new UserError(`${path}: a folder, not a file; move it away, or ${elsewhere}`, {
        code: 'OUTPUT_UNWRITABLE',
        option: 'out',
        file: path,
      });
    if (!found.isFile() && !found.isSymbolicLink())
      throw new UserError(`${path}: not a file; move it away, or ${elsewhere}`, {
        code: 'OUTPUT_UNWRITABLE',
        option: 'out',
        file: path,
      });
    if (force) continue;
    if (source !== undefined && (await identity(path)) === source)
      throw new UserError(
        `${path} is the input and would be replaced; ${elsewhere}, or allow it with --force`,
        { code: 'OUTPUT_EXISTS', option: 'out', file: path },
      );
    const known = Object.hasOwn(written, name) ? written[name] : undefined;
    if (!known)
      throw new UserError(
        `${path} is there and no run of denscape wrote it; ${elsewhere}, or replace it with --force`,
        { code: 'OUTPUT_EXISTS', option: 'out', file: path },
      );
    if (!found.isFile() || found.size !== known.bytes || (await fingerprintOf(path)).sha256 !== known.sha256)
      throw new UserError(
        `${path} was changed since denscape wrote it; ${elsewhere}, or replace it with --force`,
        { code: 'OUTPUT_EXISTS', option: 'out', file: path },
      );
  }
}

/** Equal for two paths of one file, whatever links lead there; undefined where nothing is. */
async function identity(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError, UserError } from '../errors.js';
import { recoverRunFolder } from '../files/run-folder.js';
import { Columns } from './columns.js';
import { DATA_FILES, type DataFile, parseRun, RUN_FILE, type RunRecord } from './format.js';
import { type NpyArray, parseNpy } from './npy.js';

/** Bytes read and summed at a time. */
const PIECE = 1 << 24;

/** The files of a run, each compared with its checksum as it is read. */
export class RunFiles {
  private constructor(
    readonly folder: string,
    readonly record: RunRecord,
    /** Checksum of run.json as it was read. */
    readonly seal: string,
  ) {}

  /**
   * Reads run.json; what a killed run left half done is completed first.
   * @throws UserError for a folder that holds no run, or one of another format
   */
  static async open(folder: string): Promise<RunFiles> {
    await recoverRunFolder(folder);
    const path = join(folder, RUN_FILE);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      const reason =
        code !== 'ENOENT' && code !== 'ENOTDIR'
          ? `holds no run: ${path} can't be read (${code})`
          : existsSync(folder)
            ? `holds no run: there is no ${RUN_FILE} in it`
            : 'does not exist';
      throw new UserError(`${folder} ${reason}; name the folder that denscape cluster wrote with --out`, {
        code: 'RUN_INVALID',
        file: path,
        cause,
      });
    }
    const record = parseRun(text);
    if (typeof record === 'string')
      throw new UserError(`${path} ${record}`, { code: 'RUN_INVALID', file: path });
    return new RunFiles(folder, record, sealOf(text));
  }

  async columns(file: DataFile): Promise<Columns> {
    const bytes = await this.bytes(file);
    try {
      return await Columns.parse(bytes);
    } catch (cause) {
      throw this.odd(file, cause);
    }
  }

  async array(file: DataFile): Promise<NpyArray> {
    const array = parseNpy(await this.bytes(file));
    if (!array) throw this.odd(file);
    return array;
  }

  async floats(file: DataFile): Promise<NpyArray<Float32Array>> {
    const { data, rows, cols } = await this.array(file);
    if (!(data instanceof Float32Array)) throw this.odd(file);
    return { data, rows, cols };
  }

  async integers(file: DataFile): Promise<NpyArray<Int32Array>> {
    const { data, rows, cols } = await this.array(file);
    if (!(data instanceof Int32Array)) throw this.odd(file);
    return { data, rows, cols };
  }

  /** A file whose checksum is right and whose content is not: it and run.json were changed together. */
  odd(file: DataFile, cause?: unknown): FailureError {
    const path = join(this.folder, DATA_FILES[file]);
    return new FailureError(
      `${path} doesn't hold what run.json says; restore both from a copy, or cluster again`,
      { code: 'RUN_INVALID', file: path, cause },
    );
  }

  private async bytes(file: DataFile): Promise<Uint8Array> {
    const name = DATA_FILES[file];
    const path = join(this.folder, name);
    const known = this.record.files[name];
    if (!known) throw this.odd(file);
    const damaged = (what: string, cause?: unknown) =>
      new FailureError(`${path} ${what}; restore it from a copy, or cluster again`, {
        code: 'RUN_INVALID',
        file: path,
        cause,
      });
    const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
      throw damaged(cause.code === 'ENOENT' ? 'is missing' : `can't be read (${cause.code})`, cause);
    });
    try {
      const { size } = await handle.stat();
      if (size !== known.bytes)
        throw damaged(`is damaged: it has ${size} bytes, and run.json says ${known.bytes}`);
      const { bytes, sha256 } = await readSummed(handle, size);
      if (sha256 !== known.sha256)
        throw damaged(`is damaged: its SHA-256 is ${sha256}, and run.json says ${known.sha256}`);
      return bytes;
    } finally {
      await handle.close();
    }
  }
}

/** The checksum of run.json's text, by which a change since it was read is found. */
export const sealOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The whole file with its checksum; in pieces, since one read takes at most 2 GiB. */
async function readSummed(handle: FileHandle, size: number): Promise<{ bytes: Uint8Array; sha256: string }> {
  const bytes = new Uint8Array(size);
  const hash = createHash('sha256');
  for (let at = 0; at < size; ) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(PIECE, size - at), at);
    if (bytesRead === 0) break;
    hash.update(bytes.subarray(at, at + bytesRead));
    at += bytesRead;
  }
  return { bytes, sha256: hash.digest('hex') };
}

import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { aboutFile } from '../errors.js';
import { MANIFEST, readManifest } from '../files/manifest.js';
import type { Watch } from '../progress.js';
import { download, shown } from './download.js';
import type { Format } from './format.js';
import { inputError } from './input-error.js';
import { DOCUMENT_FILE, MARKUP_FILE } from './one-text.js';
import { fileError } from './source.js';

/** A file on this machine that holds what a place names. */
export interface LocalFile {
  path: string;
  /** What the user knows it by. */
  name: string;
}

/** Standard input, at most. */
const MOST_INPUT = 8 * 1024 ** 3;
const TABLE_FILE = /\.(?:csv|tsv|tab|txt|jsonl|ndjson|json|parquet|xlsx|zip)(?:\.gz|\.zst)?$/i;

/**
 * The places that a list of files, folders, addresses and `-` stands for: a folder stands for the tables in it and
 * in its folders, by name, but for those that denscape wrote, such as the results of an earlier run on the folder. Without tables, or
 * where the format is `document`, it stands for the documents there.
 * @throws UserError for a folder without any.
 */
export async function placesOf(sources: readonly string[], format?: Format): Promise<string[]> {
  const places: string[] = [];
  for (const source of sources) {
    const isFolder =
      !isElsewhere(source) && (await stat(source).catch(() => undefined))?.isDirectory() === true;
    if (!isFolder) {
      places.push(source);
      continue;
    }
    const found = await readdir(source, { recursive: true, withFileTypes: true }).catch(
      (cause: NodeJS.ErrnoException) => {
        throw aboutFile(fileError(source, cause), source);
      },
    );
    const visible = found
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      // Hidden files and folders, such as .git, are no data.
      .filter(
        (path) =>
          !relative(source, path)
            .split(sep)
            .some((part) => part.startsWith('.')),
      )
      .sort();
    const own = await filesOfRuns(
      found.filter(({ name }) => name === MANIFEST).map(({ parentPath }) => parentPath),
    );
    const tables = format === 'document' ? [] : visible.filter((path) => TABLE_FILE.test(path));
    const read = tables.filter((path) => !own.has(path));
    const files =
      read.length > 0
        ? read
        : visible.filter(
            (path) => (format === 'document' ? DOCUMENT_FILE : MARKUP_FILE).test(path) && !own.has(path),
          );
    if (files.length === 0) {
      const but = tables.length > 0 ? ' but those that denscape wrote; name one of them to read it' : '';
      throw aboutFile(
        inputError(
          'INPUT_MISSING',
          { source },
          format === 'document'
            ? 'a folder, not a file, and no text, Markdown or HTML file in it'
            : `a folder, not a file, and no CSV, TSV, JSON, Parquet or Excel file in it${but}`,
        ),
        source,
      );
    }
    places.push(...files);
  }
  return places;
}

/** Paths of the files that denscape wrote into some folders. */
async function filesOfRuns(folders: readonly string[]): Promise<Set<string>> {
  const paths = new Set<string>();
  for (const folder of folders)
    for (const name of Object.keys(await readManifest(folder))) paths.add(join(folder, name));
  return paths;
}

/**
 * Names of files that set them apart: the last part of each path, and as many folders before it as it takes, such as `zod/README.md` next
 * to `chalk/README.md`. Undefined for addresses and standard input.
 */
export function namesOf(places: readonly string[]): (string | undefined)[] {
  const partsOf = places.map((place) => (isElsewhere(place) ? undefined : resolve(place).split(sep)));
  const names: (string | undefined)[] = partsOf.map(() => undefined);
  let alike = [...places.keys()].filter((at) => partsOf[at] !== undefined);
  for (let length = 1; alike.length > 0; length++) {
    const sharers = new Map<string, Set<string>>();
    for (const at of alike) {
      const parts = partsOf[at] ?? [];
      const name = parts.slice(-length).join('/');
      names[at] = name;
      sharers.set(name, (sharers.get(name) ?? new Set()).add(parts.join('/')));
    }
    // The same file twice has one name at every length.
    alike = alike.filter((at) => (sharers.get(names[at] ?? '')?.size ?? 0) > 1);
  }
  return names;
}

/** A place as messages may name it: of an address, without the secrets in it. */
export const placeName = (place: string) => (isAddress(place) ? shown(place) : place);

const isElsewhere = (place: string) => place === '-' || isAddress(place);
/** Any scheme: others than https are refused as addresses rather than missed as files. A drive, `C:\\`, is none. */
const isAddress = (place: string) => /^[a-z][a-z\d+.-]+:\/\//i.test(place);

/**
 * Brings a place's bytes into a file and runs `use` on it; what was only brought for it is removed afterwards.
 * Readers of Parquet and archives must be able to go back in a file, which neither a pipe nor an address allows.
 */
export async function withLocalFile<T>(
  place: string,
  options: Watch & { offline?: boolean },
  use: (file: LocalFile, scratch: () => Promise<string>) => Promise<T>,
): Promise<T> {
  let folder: string | undefined;
  const scratch = async () => {
    folder ??= await mkdtemp(join(tmpdir(), 'denscape-read-'));
    return folder;
  };
  try {
    if (isAddress(place)) {
      const name = nameOf(place);
      const path = join(await scratch(), 'download');
      await download(place, path, name, options);
      return await use({ path, name }, scratch);
    }
    if (place === '-') {
      const path = join(await scratch(), 'input');
      await pipeline(bounded(process.stdin), createWriteStream(path), { signal: options.signal });
      return await use({ path, name: 'standard input' }, scratch);
    }
    return await use({ path: place, name: basename(place) }, scratch);
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

function nameOf(address: string): string {
  if (!URL.canParse(address)) return shown(address);
  const { pathname, host } = new URL(address);
  const last = pathname.split('/').findLast((part) => part !== '');
  try {
    return last === undefined ? host : decodeURIComponent(last);
  } catch {
    return last ?? host; // a stray percent sign
  }
}

function bounded(input: AsyncIterable<Buffer>): Readable {
  async function* chunks() {
    let length = 0;
    for await (const chunk of input) {
      length += chunk.length;
      if (length > MOST_INPUT) {
        throw inputError(
          'INPUT_TOO_LARGE',
          { source: 'standard input' },
          `more than ${MOST_INPUT / 1024 ** 3} GiB; write it to a file first`,
        );
      }
      yield chunk;
    }
  }
  return Readable.from(chunks());
}

import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Entry, ZipFile } from 'yauzl';
import { UserError } from '../errors.js';
import { inputError } from './input-error.js';

const MOST_ENTRIES = 10_000;
/** Bytes that an archive's table or a workbook may unpack to. */
const MOST_UNPACKED = 4 * 1024 ** 3;
const TABLE = /\.(?:csv|tsv|tab|txt|jsonl|ndjson|json|parquet|xlsx)(?:\.gz|\.zst)?$/i;

export const isZip = (head: Buffer) => head.subarray(0, 4).equals(Buffer.from('PK\x03\x04'));

/** What a zip file holds: an Excel workbook, or files of which one may be a table. */
export async function lookIntoZip(path: string, name: string): Promise<'workbook' | Entry[]> {
  const { zip, entries } = await list(path, name);
  zip.close();
  return entries.some(({ fileName }) => fileName === 'xl/workbook.xml') ? 'workbook' : entries;
}

/**
 * Unpacks the only table of an archive into a folder, and gives its path there.
 * @throws UserError where the archive holds no table, or several.
 */
export async function unpackTable(
  path: string,
  name: string,
  folder: string,
  signal?: AbortSignal,
): Promise<{ path: string; name: string }> {
  const { zip, entries } = await list(path, name);
  try {
    const texts = entries.filter(({ fileName }) => TABLE.test(fileName) && !isHidden(fileName));
    const notText = texts.filter(({ fileName }) => !/\.txt$/i.test(fileName));
    // A text file next to a single table is its description.
    const tables = notText.length === 1 ? notText : texts;
    if (tables.length !== 1) {
      const names = entries.map(({ fileName }) => fileName).filter((file) => !file.endsWith('/'));
      const found = (tables.length === 0 ? names : tables.map(({ fileName }) => fileName))
        .slice(0, 10)
        .join(', ');
      const document = DOCUMENTS.find(([inner]) => entries.some(({ fileName }) => fileName === inner));
      if (document) throw inputError('FORMAT_INVALID', { source: name }, document[1]);
      throw inputError(
        tables.length === 0 ? 'INPUT_MISSING' : 'INPUT_AMBIGUOUS',
        { source: name },
        tables.length === 0
          ? `a zip archive without a table; found ${found || 'nothing'}; expected one CSV, TSV, JSON, Parquet or Excel file`
          : `a zip archive with ${tables.length} tables (${found}); unpack it and name one, or the folder`,
      );
    }
    const [entry] = tables;
    const inner = entry.fileName.split('/').at(-1) ?? entry.fileName;
    // The archive's own names never become paths.
    const target = join(folder, 'table');
    const stream = await new Promise<Readable>((resolve, reject) =>
      zip.openReadStream(entry, (cause, opened) => (cause ? reject(cause) : resolve(opened))),
    );
    await pipeline(stream, createWriteStream(target), { signal });
    return { path: target, name: inner };
  } catch (cause) {
    throw signal?.aborted ? cause : zipError(cause, name);
  } finally {
    zip.close();
  }
}

async function list(path: string, name: string): Promise<{ zip: ZipFile; entries: Entry[] }> {
  // Loaded here: most files are no archives.
  const { open } = await import('yauzl');
  try {
    const zip = await new Promise<ZipFile>((resolve, reject) =>
      open(path, { lazyEntries: true, autoClose: false }, (cause, opened) =>
        cause ? reject(cause) : resolve(opened),
      ),
    );
    const entries: Entry[] = [];
    await new Promise<void>((resolve, reject) => {
      zip.on('error', reject);
      zip.on('end', resolve);
      zip.on('entry', (entry: Entry) => {
        entries.push(entry);
        if (entries.length > MOST_ENTRIES) reject(new Error(`more than ${MOST_ENTRIES} files`));
        else zip.readEntry();
      });
      zip.readEntry();
    });
    const size = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    if (size > MOST_UNPACKED) throw new Error(`it unpacks to more than ${MOST_UNPACKED / 1024 ** 3} GiB`);
    return { zip, entries };
  } catch (cause) {
    throw zipError(cause, name);
  }
}

/** Documents that are zip archives, by a file in them. */
const DOCUMENTS: [file: string, refusal: string][] = [
  ['word/document.xml', 'a Word document; save its table as CSV, or its text as .txt'],
  ['ppt/presentation.xml', 'a PowerPoint presentation; expected CSV, TSV, JSON, Parquet or Excel'],
  ['xl/workbook.bin', 'a binary Excel workbook (.xlsb); save it as .xlsx or "CSV UTF-8"'],
  ['mimetype', 'an OpenDocument or EPUB file; save it as .xlsx, CSV or .txt'],
];

/** Folders, hidden files, and the metadata that macOS adds to archives. */
const isHidden = (file: string) => /(?:^|\/)(?:\.|__MACOSX\/)|\/$/.test(file);

function zipError(cause: unknown, name: string): Error {
  if (cause instanceof UserError) return cause;
  return inputError(
    'INPUT_UNREADABLE',
    { source: name },
    `the zip archive can't be read (${cause instanceof Error ? cause.message : cause}); pack it again`,
    cause,
  );
}

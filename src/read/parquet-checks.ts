import type { AsyncBuffer, ColumnMetaData, FileMetaData, RowGroup } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { inputError } from './input-error.js';
import type { PlainColumn } from './parquet-cells.js';

/** Rows of a table, at most: their numbers are 32-bit. */
const MOST_ROWS = 2 ** 31 - 1;
/** A page of more than this, unpacked, is a damaged header: writers make pages of a megabyte. */
const LARGEST_PAGE = 2 ** 30;

/**
 * Compares the numbers of rows in a footer with each other, before anything is read by them.
 * @throws UserError where they differ.
 */
export function checkCounts({ num_rows, row_groups, schema }: FileMetaData, source: string): void {
  // Some writers leave the number for the whole file at 0.
  const total = Number(num_rows);
  const inGroups = row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if ((total !== inGroups && total !== 0) || total < 0 || row_groups.some((group) => group.num_rows < 0n)) {
    throw inputError(
      'FORMAT_INVALID',
      { source },
      `the footer says ${count(total)} rows, the groups hold another number: ${count(inGroups)}; write the file again`,
    );
  }
  if (total > MOST_ROWS)
    throw inputError(
      'INPUT_TOO_LARGE',
      { source },
      `${count(total)} rows; at most ${count(MOST_ROWS)} are read`,
    );
  const flat = new Set(schema.filter((_, at) => isFlatLeaf(schema, at)).map(({ name }) => name));
  for (const group of row_groups) {
    for (const { meta_data: column } of group.columns) {
      if (column?.path_in_schema.length !== 1 || !flat.has(column.path_in_schema[0])) continue;
      if (column.num_values !== group.num_rows) {
        throw inputError(
          'FORMAT_INVALID',
          { source },
          `a row group says ${count(Number(group.num_rows))} rows, the groups hold another number: ${count(Number(column.num_values))} in column "${column.path_in_schema[0]}"; write the file again`,
        );
      }
    }
  }
}

function isFlatLeaf(schema: FileMetaData['schema'], at: number): boolean {
  const { num_children, repetition_type } = schema[at];
  return !num_children && repetition_type !== 'REPEATED';
}

/**
 * Walks the headers of a column's pages: a page must lie inside its column, and all together must hold as many values
 * as the footer says, since readers make arrays of that length.
 * @throws UserError where they don't.
 */
export async function checkPages(
  file: AsyncBuffer,
  group: RowGroup,
  { name: column, isFlat }: Pick<PlainColumn, 'name' | 'isFlat'>,
  source: string,
): Promise<void> {
  for (const { meta_data, start, end } of chunksOf(group, column, isFlat, file.byteLength, source)) {
    const view = new DataView(await file.slice(start, end));
    const reader = { view, offset: 0 };
    let values = 0;
    const most = Number(meta_data.num_values);
    while (values < most && reader.offset < view.byteLength - 1) {
      const header = parquetHeader(reader);
      const { compressed_page_size: size, uncompressed_page_size: unpacked } = header;
      const held = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0;
      values += held;
      const dictionary = header.dictionary_page_header?.num_values ?? 0;
      const sound =
        size >= 0 &&
        reader.offset + size <= view.byteLength &&
        unpacked >= 0 &&
        unpacked <= LARGEST_PAGE &&
        held >= 0 &&
        values <= most &&
        dictionary >= 0 &&
        // A value of a dictionary takes a byte or more, but for texts of no length, which take four.
        dictionary <= Math.max(1, unpacked * 8);
      if (!sound) {
        throw inputError(
          'FORMAT_INVALID',
          { source },
          `column "${column}" is damaged: a page says ${count(held)} values and ${count(size)} bytes; write the file again`,
        );
      }
      reader.offset += size;
    }
  }
}

/** A column's pages in a row group, and where they lie. */
interface Chunk {
  meta_data: ColumnMetaData;
  start: number;
  end: number;
}

/** The chunks of a top-level column, one for each of its leaves. */
export function chunksOf(
  group: RowGroup,
  column: string,
  isFlat: boolean,
  fileSize: number,
  source: string,
): Chunk[] {
  return group.columns.flatMap(({ meta_data }) => {
    if (!meta_data || meta_data.path_in_schema[0] !== column) return [];
    const [start, end] = rangeOf(meta_data, isFlat, fileSize, source);
    return [{ meta_data, start, end }];
  });
}

/** Writers up to parquet-mr 1.2.8 left the dictionary page's header, of at most so many bytes, out of the length. */
const LEFT_OUT_HEADER = 100;

function rangeOf(
  column: ColumnMetaData,
  isFlat: boolean,
  fileSize: number,
  source: string,
): [number, number] {
  const data = Number(column.data_page_offset);
  const dictionary = Number(column.dictionary_page_offset ?? 0n);
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  const end = start + Number(column.total_compressed_size);
  if (!(start >= 0 && end >= start && end <= fileSize)) {
    throw inputError(
      'FORMAT_INVALID',
      { source },
      `column "${column.path_in_schema.join('.')}" lies beyond the file’s end; the file is cut off or damaged`,
    );
  }
  // Of flat columns only as many values are read as the footer says, so more bytes do no harm.
  const padding = isFlat ? LEFT_OUT_HEADER : 0;
  return [start, Math.min(end + padding, fileSize)];
}

const count = (value: number) => (Number.isNaN(value) ? 'no number of' : value.toLocaleString('en-US'));

import type { TableSource } from '../read/index.js';

/** What a command reads, for its help. */
export const SOURCES =
  'CSV, TSV, text, JSON, JSON Lines (each also .gz or .zst), Parquet, Excel, or a .zip with one of them; Markdown and the like, a text a file; several files, folders, https addresses, or - for standard input';

export const sourceOf = (files: string[]): TableSource => (files.length === 1 ? files[0] : { files });

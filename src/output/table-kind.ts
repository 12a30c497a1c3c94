import { extname } from 'node:path';
import { UserError } from '../errors.js';

type TableKind = 'csv' | 'parquet';

function kindOf(path: string): TableKind | undefined {
  const kind = extname(path).toLowerCase();
  return kind === '.csv' ? 'csv' : kind === '.parquet' ? 'parquet' : undefined;
}

/** Whether a file's name is that of a table. */
export const isTableFile = (path: string): boolean => kindOf(path) !== undefined;

/**
 * Whether a table is written as CSV or Parquet, by the name of its file.
 * @param when what the rule holds with, before a comma, where it doesn't always
 * @throws UserError for another name
 */
export function tableKindOf(path: string, when = ''): TableKind {
  const kind = kindOf(path);
  if (kind) return kind;
  throw new UserError(`${when}out must be a .csv or .parquet file; got ${path}`, {
    code: 'OPTION_INVALID',
    option: 'out',
    file: path,
  });
}

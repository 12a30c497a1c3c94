import { extname } from 'node:path';
import { UserError } from '../errors.js';

/**
 * Whether a table is written as CSV or Parquet, by the name of its file.
 * @param when what the rule holds with, before a comma, where it doesn't always
 * @throws UserError for another name
 */
export function tableKindOf(path: string, when = ''): 'csv' | 'parquet' {
  const kind = extname(path).toLowerCase();
  if (kind === '.csv') return 'csv';
  if (kind === '.parquet') return 'parquet';
  throw new UserError(`${when}out must be a .csv or .parquet file; got ${path}`, {
    code: 'OPTION_INVALID',
    option: 'out',
    file: path,
  });
}

import { readFile } from 'node:fs/promises';
import { UserError } from '../errors.js';
import { type Edit, readEdits } from './edits.js';

/**
 * The edits of a list, or of a file that map.html saved.
 * @throws UserError where the file can't be read or is no list of edits.
 */
export async function readEditsFile(given: string | readonly Edit[] | undefined): Promise<readonly Edit[]> {
  if (given === undefined) return [];
  if (typeof given !== 'string') return given;
  const fail = (reason: string, cause: unknown) =>
    new UserError(`edits ${given}: ${reason}; give the edits.json that map.html saves`, {
      code: 'OPTION_INVALID',
      option: 'edits',
      file: given,
      cause,
    });
  let content: string;
  try {
    content = await readFile(given, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw fail(code === 'ENOENT' ? 'there is no such file' : `it can't be read (${code})`, cause);
  }
  try {
    return readEdits(JSON.parse(content.replace(/^\ufeff/, '')));
  } catch (cause) {
    throw fail(cause instanceof SyntaxError ? 'it is not JSON' : String((cause as Error).message), cause);
  }
}

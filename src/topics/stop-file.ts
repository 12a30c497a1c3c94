import { readFile } from 'node:fs/promises';
import { UserError } from '../errors.js';

/**
 * The words of a list, or of a file with one on each line. Empty lines and lines that begin with # are left out.
 * @throws UserError where the file can't be read.
 */
export async function readStopWords(given: string | readonly string[] | undefined): Promise<string[]> {
  if (given === undefined) return [];
  if (typeof given !== 'string') return given.map((word) => word.trim()).filter((word) => word !== '');
  let content: string;
  try {
    content = await readFile(given, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : `it can't be read (${code})`;
    throw new UserError(`stopWords ${given}: ${reason}; give a file with a word on each line`, {
      code: 'OPTION_INVALID',
      option: 'stopWords',
      file: given,
      cause,
    });
  }
  return content
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

import { realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { UserError } from '../errors.js';

/** The file in a downloaded model's folder that says what is there; no file of a model may have its name. */
export const MANIFEST = 'denscape.json';

/**
 * A path that a hub's list or a graph states, as a plain path below the model's folder: `a/b.onnx`. undefined for
 * what would lead outside (`..`, absolute, a drive), for what no two systems read alike (backslash, colon, control
 * characters), and for the names that denscape uses itself.
 */
export function memberPath(stated: string): string | undefined {
  if (stated.length > 1024 || /[\\:]/.test(stated)) return undefined;
  if ([...stated].some((character) => character < ' ' || character === '\u007f')) return undefined;
  const segments = stated.split('/');
  if (segments.some((one) => one === '' || /^\.+$/.test(one) || one.length > 255)) return undefined;
  if (segments[0].toLowerCase() === MANIFEST || /\.part$/i.test(stated)) return undefined;
  return stated;
}

/**
 * Where a graph's weights lie, relative to the model's folder: what the graph states is relative to its own folder
 * and may begin with `./` or go up as long as it stays inside.
 */
export function weightsPath(graph: string, stated: string): string | undefined {
  if (stated.startsWith('/')) return undefined;
  const segments = graph.split('/').slice(0, -1);
  for (const one of stated.split('/')) {
    if (one === '.') continue;
    if (one !== '..') segments.push(one);
    else if (segments.pop() === undefined) return undefined;
  }
  return memberPath(segments.join('/'));
}

/** Whether a revision can name a folder: a commit's digits, or a name without separators. */
export function isRevision(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text) && !text.includes('..') && !text.endsWith('.');
}

/**
 * The full path of a model's file; undefined where there is none. Symbolic links are followed and must end inside
 * the model's folder, or, in the cache folder of Python's huggingface_hub (`snapshots/COMMIT` with links to
 * `blobs`), in the blobs of the same model.
 * @throws UserError for a link that leads outside, and for what is no file.
 */
export async function fileInside(folder: string, path: string, name: string): Promise<string | undefined> {
  const full = join(folder, path);
  const real = await realpath(full).catch(missing);
  if (real === undefined) return undefined;
  const home = await realpath(folder);
  const blobs = /^(.*)[\\/]snapshots[\\/][^\\/]+$/.exec(home)?.[1];
  if (!isBelow(real, home) && !(blobs && isBelow(real, join(blobs, 'blobs')))) {
    throw new UserError(
      `model "${name}": ${path} is a symbolic link to ${real}, outside the model's folder; put the file itself there`,
      { code: 'MODEL_INVALID', option: 'model', file: path },
    );
  }
  if (!(await stat(real)).isFile())
    throw new UserError(`model "${name}": ${path} is not a file`, {
      code: 'MODEL_INVALID',
      option: 'model',
      file: path,
    });
  return full;
}

function isBelow(path: string, folder: string): boolean {
  const between = relative(folder, path);
  return between !== '' && between !== '..' && !between.startsWith(`..${sep}`) && !/^[A-Za-z]:/.test(between);
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

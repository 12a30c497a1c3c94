import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cacheFolder } from '../cache-folder.js';
import { UserError } from '../errors.js';

/** Downloaded models: `models/<org>--<name>/<revision>/…`. */
export const modelsFolder = () => join(cacheFolder(), 'models');

/** Models rebuilt in 8-bit integers: `int8/<key>/…`, see `int8-model.ts`. */
export const int8Folder = () => join(cacheFolder(), 'int8');

/** Vectors: `vectors/<fingerprint>/*.seg`, in the cache folder or in one that the caller named. */
export const vectorsFolder = (named?: string) => join(named ? resolve(named) : cacheFolder(), 'vectors');

/** Stages of runs that did not end: `stages/<input>/<stage>-<settings>.bin`, where vectors are kept. */
export const stagesFolder = (named?: string) => join(named ? resolve(named) : cacheFolder(), 'stages');

/** @throws UserError where `path`, or a folder that it would be made in, is a file. */
export function refuseFile(path: string, option: string): void {
  for (let at = resolve(path); ; at = dirname(at)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found?.isDirectory() || at === dirname(at)) return;
    if (!found) continue;
    throw new UserError(`${option} must be a folder; got "${path}", and ${at} is a file`, {
      code: 'OPTION_INVALID',
      option,
      file: at,
    });
  }
}

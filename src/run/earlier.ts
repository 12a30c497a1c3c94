import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '../counted.js';
import { allRunFiles } from '../pipeline/run-files.js';
import { CHANGE_FILES, parseRun, RUN_FILE } from './format.js';

/** A run that a folder holds and that another one is about to replace. */
export interface EarlierRun {
  /** Files that may be there and that only belong to the earlier run unless the new one writes them too. */
  stale: string[];
  /** What people did to it and what goes with it, in one line; undefined where that is nothing. */
  lost?: string;
}

/**
 * The run in a folder; undefined where it holds none.
 * @param source name of the file that the new run reads, undefined where it reads none
 */
export async function earlierRun(folder: string, source?: string): Promise<EarlierRun | undefined> {
  const text = await readFile(join(folder, RUN_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const stale = [...allRunFiles(), ...CHANGE_FILES];
  const record = parseRun(text);
  // It can't be opened, so nothing of it is known.
  if (typeof record === 'string') return { stale };
  const { edits, history, settings, rows } = record;
  const names = Object.keys(edits.topics).length + Object.keys(edits.themes).length;
  const steps = history.filter(({ did }) => did === 'add' || did === 'recut').length;
  const changes = Array.isArray(settings.edits) ? settings.edits.length : 0;
  const parts = [
    ...(names > 0 ? [counted(names, 'name of your own', 'names of your own')] : []),
    ...(changes > 0 ? [counted(changes, 'edit')] : []),
    ...(steps > 0 ? [counted(steps, 'later change')] : []),
  ];
  // A workbook's source has the sheet's name after it.
  const isOther = source !== undefined && !record.source.startsWith(source);
  if (parts.length === 0 && !isOther) return { stale };
  const of = isOther ? ` of ${record.source}, ${counted(rows, 'row')}` : '';
  const changed = parts.length > 0 ? ` with ${parts.join(', ')}` : '';
  return { stale, lost: `${folder} holds a run${of}${changed}, which this run replaces` };
}

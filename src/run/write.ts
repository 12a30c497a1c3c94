import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../errors.js';
import { writeWhole } from '../files/replace.js';
import { replaceRunFiles } from '../files/run-folder.js';
import type { ClusterResult } from '../pipeline/result.js';
import { isRunFile, writeRunFiles } from '../pipeline/run-files.js';
import type { Watch } from '../progress.js';
import type { Changes } from './changes.js';
import { changesPage } from './changes-report.js';
import { CHANGE_FILES, RUN_FILE, type RunRecord, runDataNames } from './format.js';
import { sealOf } from './read.js';

/**
 * Writes a changed run into its folder: its own files, those for people that were written with it, and what changed where that is given, all or
 * none. Returns the paths of the files for people.
 *
 * @param seal checksum of run.json when the run was opened
 * @throws FailureError where another process changed the run since
 */
export async function writeChangedRun(
  run: ClusterResult,
  changes: Changes | undefined,
  folder: string,
  { files, excel, statistics }: RunRecord['outputs'],
  seal: string,
  watch: Watch & { force?: boolean },
): Promise<string[]> {
  const outputs = files.filter(isRunFile);
  const names = [...outputs, ...(changes ? CHANGE_FILES : [])];
  const written = await replaceRunFiles(
    folder,
    [...names, ...runDataNames()],
    async (pathOf) => {
      await refuseOther(folder, seal);
      await writeRunFiles(run, outputs, pathOf, { excel, statistics, keepIn: folder, ...watch });
      if (!changes) return;
      await writeWhole(pathOf('changes.json'), [`${JSON.stringify(changes, null, 2)}\n`], watch);
      await writeWhole(pathOf('changes.md'), [changesPage(changes)], watch);
    },
    watch,
  );
  return written.slice(0, names.length);
}

async function refuseOther(folder: string, seal: string): Promise<void> {
  const path = join(folder, RUN_FILE);
  const text = await readFile(path, 'utf8').catch(() => '');
  if (sealOf(text) === seal) return;
  throw new FailureError(
    `${path} was changed by another process since it was opened; open the run and try again`,
    {
      code: 'RUN_INVALID',
      file: path,
    },
  );
}

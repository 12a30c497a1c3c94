import { resolve } from 'node:path';
import { replaceRunFiles } from '../files/run-folder.js';
import type { ClusterResult } from '../pipeline/result.js';
import {
  isRunFile,
  type RunFileOptions,
  runFileNames,
  statisticsFiles,
  writeRunFiles,
} from '../pipeline/run-files.js';
import type { Watch } from '../progress.js';
import type { RunRecord } from './format.js';
import { runDataNames } from './format.js';

export interface ExportOptions extends Partial<RunFileOptions>, Watch {
  /** Write CSV files so that Excel reads them best. Default false. */
  excel?: boolean;
  /** Replace files that no run of denscape wrote. Default false. */
  force?: boolean;
}

/** The format that a run's table of rows was written in. */
const formatOf = ({ files }: RunRecord['outputs']): RunFileOptions['format'] =>
  files.includes('clusters.parquet') && !files.includes('clusters.csv') ? 'parquet' : 'csv';

/**
 * Writes the files for people, all or none. In the run's own folder the run is written with them, so that they are written
 * anew whenever it changes. Returns their paths.
 */
export async function exportRun(
  run: ClusterResult,
  known: RunRecord['outputs'],
  from: string,
  to: string,
  { format = formatOf(known), png, vectors, excel = false, force, ...watch }: ExportOptions,
): Promise<string[]> {
  const { statistics } = known;
  const wanted = [...runFileNames({ format, png, vectors }), ...statisticsFiles(run, statistics)];
  if (resolve(from) !== resolve(to)) {
    const write = (pathOf: (name: string) => string) =>
      writeRunFiles(run, wanted, pathOf, { excel, statistics, ...watch });
    return replaceRunFiles(to, wanted, write, { force, ...watch });
  }
  const names = [...new Set([...wanted, ...known.files.filter(isRunFile)])];
  const write = (pathOf: (name: string) => string) =>
    writeRunFiles(run, names, pathOf, { excel, statistics, keepIn: to, ...watch });
  const written = await replaceRunFiles(to, [...names, ...runDataNames()], write, { force, ...watch });
  return written.slice(0, names.length);
}

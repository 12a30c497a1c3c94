import type { Command } from 'commander';
import { UserError } from '../errors.js';
import { ALL_OPTIONS, type CommandOptions, type OptionStage } from '../options/table.js';
import { changeLines } from '../run/changes-report.js';
import type { Run } from '../run/run.js';
import { addFlags, readFlags } from './flags.js';
import { reporter } from './progress.js';
import { RUN_ARGUMENT, type RunFlags } from './run-flags.js';
import { SOURCES, sourceOf } from './sources.js';
import { safeJson, safeLine } from './terminal.js';

const ADD_EXAMPLES = `
Examples:
  denscape add topics more.csv
  denscape add topics export.csv --id ticket
  denscape add topics --since`;

/** Options of the command line that the run's files have, not the rows. */
const OF_FILES = new Set(['force']);

/** `denscape add RUN FILE`: more rows into a run that was kept. */
export function addAddCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('add')
    .argument('<run>', RUN_ARGUMENT)
    .argument('[files...]', `${SOURCES}; left out with --since`)
    .summary('more rows into a run that was kept')
    .description(
      'Embeds new rows with the model of the run and clusters all rows together. Topics that are still the same keep their ids and names, earlier rows keep their places on the map; changes.md says what changed. Rows that the run has are left out.',
    );
  const isOfRows = (path: string) => path !== 'store.id' && (isFree(path) || OF_FILES.has(path));
  addFlags(command, ['read', 'embed', 'store', 'output'], isOfRows);
  command
    .option(
      '--id <column>',
      'column that names rows; without it rows that are equal in every column are the same',
    )
    .option('--duplicates <rule>', 'rows that the run has already: skip or add them (default: skip)')
    .option('--since', 'take what the Milvus collection of the run received since')
    .option('--json', 'print what changed as JSON')
    .addHelpText('after', ADD_EXAMPLES)
    .action(async (folder: string, files: string[]) => {
      const flags = command.optsWithGlobals<
        RunFlags & { id?: string; duplicates?: string; since?: boolean }
      >();
      const { id, duplicates, since } = flags;
      if (duplicates !== undefined && duplicates !== 'skip' && duplicates !== 'add') {
        throw new UserError(`--duplicates must be skip or add; got ${duplicates}`, {
          code: 'OPTION_INVALID',
        });
      }
      if ((files.length === 0) !== (since === true)) {
        throw new UserError('add needs files, or --since for what the collection of the run received');
      }
      const { force, ...options } = optionsOf({ ...flags, id: undefined });
      await change(folder, flags, (run, watch) =>
        run.add(since ? undefined : sourceOf(files), { ...options, id, duplicates, force, ...watch, signal }),
      );
    });
}

const RECUT_EXAMPLES = `
Examples:
  denscape recut topics --clusters 12
  denscape recut topics --min-cluster-size 40 --noise nearest`;

/** `denscape recut RUN`: other topics from the tree of a run that was kept. */
export function addRecutCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('recut')
    .argument('<run>', RUN_ARGUMENT)
    .summary('other topics from the tree of a run that was kept')
    .description(
      'Cuts the tree of a run anew, without embedding, searching or laying out anything. Topics that are still the same keep their ids and names.',
    );
  addFlags(command, ['tree', 'topics', 'output'], (path) => RECUT_FLAGS.has(path));
  command
    .option('--json', 'print what changed as JSON')
    .addHelpText('after', RECUT_EXAMPLES)
    .action(async (folder: string) => {
      const flags = command.optsWithGlobals<RunFlags>();
      const { force, ...options } = optionsOf(flags);
      await change(folder, flags, (run, watch) => run.recut({ ...options, force, ...watch, signal }));
    });
}

/** As `RECUT_OPTIONS` of run/recut.ts, whose stages are loaded with the work only. */
const RECUT_FLAGS = new Set([
  ...['clusterSelectionMethod', 'clusterSelectionEpsilon', 'maxClusterSize', 'allowSingleCluster'],
  ...['minClusterSize', 'clusters', 'noise', 'force'],
  ...['language', 'keywords', 'examples', 'stopWords', 'minDf'],
]);

/** What describes a file or the machine, not the clustering. */
const FREE_STAGES: readonly OptionStage[] = ['read', 'embed', 'store'];
const isFree = (path: string): boolean => FREE_STAGES.includes(ALL_OPTIONS.get(path)?.stage ?? 'output');

function optionsOf(flags: Record<string, unknown>): CommandOptions {
  return readFlags(flags, {});
}

type Watched = Pick<Parameters<Run['recut']>[0] & object, 'onProgress'>;

/** Opens a run, changes it, and prints what changed. */
async function change(
  folder: string,
  flags: RunFlags,
  work: (run: Run, watch: Watched) => Promise<Run>,
): Promise<void> {
  const progress = reporter(flags);
  try {
    const { openRun } = await import('../run/run.js');
    const run = await work(await openRun(folder), { onProgress: progress.onProgress });
    progress.stop();
    const { changes, written } = run;
    if (flags.json) process.stdout.write(`${safeJson({ ...changes, files: written })}\n`);
    else if (!flags.quiet && changes) {
      for (const line of changeLines(changes)) process.stdout.write(`${safeLine(line)}\n`);
      for (const file of written) process.stdout.write(`${safeLine(file)}\n`);
    }
  } finally {
    progress.stop();
  }
}

import type { Command } from 'commander';
import { UserError } from '../errors.js';
import { COMMANDS } from '../options/command.js';
import { ALL_OPTIONS, type OptionStage } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { Run } from '../run/run.js';
import { RECUT_OPTIONS } from '../run/run-options.js';
import { addCommandFlags, addFlags, readCommandFlags, readFlags } from './flags.js';
import { reporter } from './progress.js';
import { RUN_ARGUMENT, usualOfRun } from './run-flags.js';
import { SOURCES, sourceOf } from './sources.js';
import { printSummary } from './summary.js';
import { safeJson, safeLine } from './terminal.js';

const ADD_EXAMPLES = `
Examples:
  denscape add topics more.csv
  denscape add topics export.csv --id ticket
  denscape add topics --since`;

/** What describes a file or the machine, not the clustering. */
const FREE_STAGES: readonly OptionStage[] = ['read', 'embed', 'facet', 'store'];

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
  const isWanted = (path: string) =>
    path === 'force' ||
    (path !== 'store.id' && FREE_STAGES.includes(ALL_OPTIONS.get(path)?.stage ?? 'output'));
  addFlags(command, [...FREE_STAGES, 'output'], isWanted, usualOfRun);
  addCommandFlags(command, COMMANDS.add);
  command.addHelpText('after', ADD_EXAMPLES).action(async (folder: string, files: string[]) => {
    const { id, duplicates, since, ...shown } = readCommandFlags(command, COMMANDS.add);
    if ((files.length === 0) !== since) {
      throw new UserError('add needs files, or --since for what the collection of the run received', {
        code: 'COMMAND_INVALID',
      });
    }
    const { force, ...options } = readFlags({ ...command.optsWithGlobals(), id: undefined }, {});
    await change(folder, shown, (run, onProgress) =>
      run.add(since ? undefined : sourceOf(files), { ...options, id, duplicates, force, signal, onProgress }),
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
      'Cuts the tree of a run anew, without embedding, searching or laying out anything. Topics that are still the same keep their ids and names. Every cut starts from the options that the run was made with: those of earlier cuts are not kept, and without options the first cut is back.',
    );
  addFlags(
    command,
    ['tree', 'topics', 'output'],
    (path) => path === 'force' || RECUT_OPTIONS.has(path),
    usualOfRun,
  );
  addCommandFlags(command, COMMANDS.recut);
  command.addHelpText('after', RECUT_EXAMPLES).action(async (folder: string) => {
    const shown = readCommandFlags(command, COMMANDS.recut);
    const { force, ...options } = readFlags(command.optsWithGlobals(), {});
    await change(folder, shown, (run, onProgress) => run.recut({ ...options, force, signal, onProgress }));
  });
}

/** Opens a run, changes it, and prints what changed. */
async function change(
  folder: string,
  flags: { json: boolean; quiet: boolean; debug: boolean },
  work: (run: Run, onProgress: Watch['onProgress']) => Promise<Run>,
): Promise<void> {
  const progress = reporter(flags);
  try {
    const { openRun } = await import('../run/run.js');
    const { changeLines, recutLine } = await import('../run/changes-report.js');
    const run = await work(await openRun(folder), progress.onProgress);
    const { changes, written } = run;
    progress.stop();
    if (flags.json) process.stdout.write(`${safeJson({ ...changes, files: written })}\n`);
    else if (!flags.quiet && changes?.did === 'recut') {
      printSummary(run, { files: [...written], notes: [recutLine(changes)], run: folder });
    } else if (!flags.quiet && changes) {
      for (const line of changeLines(changes)) process.stdout.write(`${safeLine(line)}\n`);
      for (const file of written) process.stdout.write(`${safeLine(file)}\n`);
    }
  } finally {
    progress.stop();
  }
}

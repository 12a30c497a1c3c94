import type { Command } from 'commander';
import { COMMANDS } from '../options/command.js';
import { ALL_OPTIONS, type OptionStage } from '../options/table.js';
import { addCommandFlags, addFlags, readCommandFlags, readFlags } from './flags.js';
import { reporter } from './progress.js';
import { RUN_ARGUMENT, usualOfRun } from './run-flags.js';
import { SOURCES, sourceOf } from './sources.js';
import { safeLine } from './terminal.js';

const EXAMPLES = `
Examples:
  denscape predict topics new.csv > predicted.csv
  denscape predict topics new.csv --out predicted.parquet`;

const STAGES: readonly OptionStage[] = ['read', 'embed', 'facet', 'store'];

/** `denscape predict RUN FILE`: topics of rows that a run doesn't hold. */
export function addPredictCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('predict')
    .argument('<run>', RUN_ARGUMENT)
    .argument('<files...>', SOURCES)
    .summary('topics of new rows in a run that was kept')
    .description(
      'Embeds new rows with the model of the run and says in which of its topics each is, how surely, and which is nearest. The run stays as it is.',
    );
  addFlags(command, STAGES, (path) => STAGES.includes(ALL_OPTIONS.get(path)?.stage ?? 'output'), usualOfRun);
  addCommandFlags(command, COMMANDS.predict);
  command.addHelpText('after', EXAMPLES).action(async (folder: string, files: string[]) => {
    const { out, json, ...shown } = readCommandFlags(command, COMMANDS.predict);
    const options = readFlags({ ...command.optsWithGlobals(), out: undefined }, {});
    const progress = reporter(shown);
    try {
      const { openRun } = await import('../run/run.js');
      const { predictedLine, predictedCsv, predictedLines, writePredicted } = await import(
        '../run/predicted-file.js'
      );
      const watch = { signal, onProgress: progress.onProgress };
      const run = await openRun(folder);
      const predicted = await run.predict(sourceOf(files), { ...options, ...watch });
      progress.stop();
      // Standard output may be the rows themselves.
      if (!shown.quiet) process.stderr.write(`${predictedLine(predicted)}\n`);
      if (out !== undefined) {
        await writePredicted(out, predicted, { signal });
        if (!shown.quiet) process.stdout.write(`${safeLine(out)}\n`);
      } else {
        const pieces = json ? predictedLines(predicted) : predictedCsv(predicted);
        for (const piece of pieces) process.stdout.write(piece);
      }
    } finally {
      progress.stop();
    }
  });
}

import { join } from 'node:path';
import type { Command } from 'commander';
import { COMMANDS } from '../options/command.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { openFile } from './open-map.js';
import { RUN_ARGUMENT } from './run-flags.js';
import { printSummary, summaryOf } from './summary.js';
import { safeJson } from './terminal.js';

/** `denscape open RUN`: what a run found, from its folder alone. */
export function addOpenCommand(program: Command): void {
  const command = program
    .command('open')
    .argument('<run>', RUN_ARGUMENT)
    .summary('topics of a run that was kept')
    .description(
      'Opens a run that denscape cluster kept in its folder, checks its files, and prints its topics. No model is loaded.',
    )
    .addHelpText('after', '\nExamples:\n  denscape open topics\n  denscape open topics --map')
    .action(async (folder: string) => {
      const flags = readCommandFlags(command, COMMANDS.open);
      const { openRun } = await import('../run/run.js');
      const run = await openRun(folder);
      const files = run.outputs.map((name) => join(folder, name));
      if (flags.json) {
        process.stdout.write(`${safeJson({ ...summaryOf(run, { files }), history: run.history })}\n`);
      } else if (!flags.quiet) printSummary(run, { files });
      if (flags.map) {
        const path = join(folder, 'map.html');
        if (!run.outputs.includes('map.html')) await run.export();
        openFile(path);
      }
    });
  addCommandFlags(command, COMMANDS.open);
}

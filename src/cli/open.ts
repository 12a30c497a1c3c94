import { join } from 'node:path';
import type { Command } from 'commander';
import { COMMANDS } from '../options/command.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { groupsNamed } from './group-ids.js';
import { openFile } from './open-map.js';
import { RUN_ARGUMENT } from './run-flags.js';
import { printSummary, summaryOf } from './summary.js';
import { safeJson, safeLine } from './terminal.js';
import { detailLines, detailsOf } from './topic-details.js';

/** `denscape open RUN`: what a run found, from its folder alone. */
export function addOpenCommand(program: Command): void {
  const command = program
    .command('open')
    .argument('<run>', RUN_ARGUMENT)
    .summary('topics of a run that was kept')
    .description(
      'Opens a run that denscape cluster kept in its folder, checks its files, and prints its topics, or with --topic and --theme what is in some of them. No model is loaded.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  denscape open topics\n  denscape open topics --topic 3,7\n  denscape open topics --map',
    )
    .action(async (folder: string) => {
      const flags = readCommandFlags(command, COMMANDS.open);
      const { openRun } = await import('../run/run.js');
      const run = await openRun(folder);
      const shown = [
        ...groupsNamed(run, 'theme', flags.theme).map((group) => detailsOf(run, 'theme', group)),
        ...groupsNamed(run, 'topic', flags.topic).map((group) => detailsOf(run, 'topic', group)),
      ];
      if (shown.length > 0) {
        if (flags.json) process.stdout.write(`${safeJson(shown)}\n`);
        else if (!flags.quiet)
          for (const [at, one] of shown.entries()) {
            if (at > 0) process.stdout.write('\n');
            for (const line of detailLines(one, run.labels.length, process.stdout.columns ?? 100))
              process.stdout.write(`${safeLine(line)}\n`);
          }
        return;
      }
      const files = run.outputs.map((name) => join(folder, name));
      if (flags.json) {
        process.stdout.write(`${safeJson({ ...summaryOf(run, { files }), history: run.history })}\n`);
      } else if (!flags.quiet) printSummary(run, { files, run: folder, isWhole: flags.all });
      if (flags.map) {
        const path = join(folder, 'map.html');
        if (!run.outputs.includes('map.html')) await run.export();
        openFile(path);
      }
    });
  addCommandFlags(command, COMMANDS.open);
}

import type { Command } from 'commander';
import { COMMANDS } from '../options/command.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { RUN_ARGUMENT } from './run-flags.js';
import { safeLine } from './terminal.js';

/** `denscape rename RUN ID NAME`: a name that stays with a topic. */
export function addRenameCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('rename')
    .argument('<run>', RUN_ARGUMENT)
    .argument('<id>', 'number of a topic')
    .argument('<name...>', 'its new name')
    .summary('name a topic of a run that was kept')
    .description(
      'Gives a topic, or with --theme a theme, a name of your own, which stays with its number through every later change.',
    );
  addCommandFlags(command, COMMANDS.rename);
  command
    .addHelpText('after', '\nExamples:\n  denscape rename topics 3 "Oil prices"')
    .action(async (folder: string, id: string, words: string[]) => {
      const { theme, quiet } = readCommandFlags(command, COMMANDS.rename);
      const { openRun } = await import('../run/run.js');
      const names = { [id]: words.join(' ') };
      const run = await openRun(folder);
      const { written } = await run.rename(theme ? { themes: names } : { topics: names }, { signal });
      if (!quiet) for (const file of written) process.stdout.write(`${safeLine(file)}\n`);
    });
}

import type { Command } from 'commander';
import { UserError } from '../errors.js';
import { COMMANDS } from '../options/command.js';
import type { Run } from '../run/run.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { RUN_ARGUMENT } from './run-flags.js';
import { safeLine } from './terminal.js';

/** `denscape rename RUN ID NAME`: a name that stays with a topic. */
export function addRenameCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('rename')
    .argument('<run>', RUN_ARGUMENT)
    .argument('<id>', 'number of a topic, or with --theme of a theme')
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
      const [kind, other] = theme ? ['theme', 'topic'] : ['topic', 'theme'];
      if (!/^\d+$/.test(id)) {
        throw new UserError(
          `the ${kind} must be a number, such as 3, as the map, report.md and topics.csv show it; got "${id}"`,
          {
            code: 'COMMAND_INVALID',
          },
        );
      }
      const { openRun } = await import('../run/run.js');
      const number = Number(id);
      const names = { [number]: words.join(' ') };
      const run = await openRun(folder);
      const renamed = await run.rename(theme ? { themes: names } : { topics: names }, { signal });
      if (quiet) return;
      const nameIn = ({ topics, themeTopics }: Run, of: string) =>
        (of === 'theme' ? themeTopics : topics).find((group) => group.id === number)?.name;
      const print = (line: string) => process.stdout.write(`${safeLine(line)}\n`);
      print(`${kind} ${number}: "${nameIn(run, kind)}" → "${nameIn(renamed, kind)}"`);
      const namesake = nameIn(run, other);
      if (namesake === undefined) return;
      const how = theme ? 'is renamed without --theme' : 'is renamed with --theme';
      print(`${other} ${number}, "${namesake}", is unchanged: it ${how}`);
    });
}

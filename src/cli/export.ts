import type { Command } from 'commander';
import { COMMANDS } from '../options/command.js';
import { resolveCommand } from '../options/table.js';
import { isTableFile } from '../output/table-kind.js';
import { addCommandFlags, addFlags, readCommandFlags, readFlags } from './flags.js';
import { groupsNamed } from './group-ids.js';
import { reporter } from './progress.js';
import { RUN_ARGUMENT } from './run-flags.js';
import { safeJson, safeLine } from './terminal.js';

const EXAMPLES = `
Examples:
  denscape export topics --output-format parquet
  denscape export topics --png --out report
  denscape export topics --out rows.parquet
  denscape export topics --topic 3,7 --out oil.csv`;

/** `denscape export RUN`: files of a run that was kept. */
export function addExportCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('export')
    .argument('<run>', RUN_ARGUMENT)
    .summary('write files of a run that was kept')
    .description(
      'Writes the map, the tables, clusters.json and the report of a run that was kept, without --out into its own folder; to a .csv or .parquet file only the table of rows, with --topic or --theme those of these.',
    );
  const wanted = new Set(['out', 'force', 'outputFormat', 'excel', 'writeVectors', 'png']);
  const usual = (path: string) => (path === 'outputFormat' ? 'that of the run' : undefined);
  addFlags(command, ['output'], (path) => wanted.has(path), usual);
  addCommandFlags(command, COMMANDS.export);
  command.addHelpText('after', EXAMPLES).action(async (folder: string) => {
    const flags = readCommandFlags(command, COMMANDS.export);
    const given = readFlags(command.optsWithGlobals(), {});
    const { output } = resolveCommand(given);
    const progress = reporter(flags);
    try {
      const { openRun } = await import('../run/run.js');
      const run = await openRun(folder);
      const { png, writeVectors: vectors, excel, force } = output;
      const format = given.outputFormat;
      const watch = { signal, onProgress: progress.onProgress };
      const topics = groupsNamed(run, 'topic', flags.topic).map(({ id }) => id);
      const themes = groupsNamed(run, 'theme', flags.theme).map(({ id }) => id);
      // A file with all rows, not a folder.
      const isTable = isTableFile(given.out ?? '') && !png && !vectors;
      if (topics.length > 0 || themes.length > 0 || isTable) {
        const { rowsAsCsv, rowsOfGroups, writeRowsOfGroups } = await import('../run/rows-of-groups.js');
        const rows = rowsOfGroups(run, { topics, themes });
        if (given.out !== undefined) await writeRowsOfGroups(given.out, rows, { excel, ...watch });
        progress.stop();
        if (given.out === undefined) for (const piece of rowsAsCsv(rows, excel)) process.stdout.write(piece);
        else if (flags.json) process.stdout.write(`${safeJson({ files: [given.out] })}\n`);
        else if (!flags.quiet) process.stdout.write(`${safeLine(given.out)}\n`);
        return;
      }
      const files = await run.export(given.out ?? folder, { format, png, vectors, excel, force, ...watch });
      progress.stop();
      if (flags.json) process.stdout.write(`${safeJson({ files })}\n`);
      else if (!flags.quiet) for (const file of files) process.stdout.write(`${safeLine(file)}\n`);
    } finally {
      progress.stop();
    }
  });
}

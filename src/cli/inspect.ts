import type { Command } from 'commander';
import { COMMANDS } from '../options/command.js';
import { resolveCommand, resolveSettings } from '../options/table.js';
import { readTexts } from '../pipeline/corpus.js';
import { describeTable, type Table } from '../read/index.js';
import { readConfig } from './config.js';
import { addCommandFlags, addFlags, readCommandFlags, readFlags } from './flags.js';
import { reporter } from './progress.js';
import { SOURCES, sourceOf } from './sources.js';
import { safeJson, safeLine } from './terminal.js';

const TEXTS_SHOWN = 3;
const LONGEST_SHOWN = 300;

/** `denscape inspect FILE`: what would be read, without embedding anything. */
export function addInspectCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('inspect')
    .argument('<files...>', SOURCES)
    .summary('what is read from a file, and its first texts')
    .description('Reads a file as cluster would, and prints what it found and the first three texts.');
  addFlags(command, ['read']);
  addCommandFlags(command, COMMANDS.inspect);
  command.action(async (files: string[]) => {
    const flags = readCommandFlags(command, COMMANDS.inspect);
    const config = readConfig(flags.config);
    const { options } = resolveCommand(readFlags(command.optsWithGlobals(), config.options));
    const settings = resolveSettings(options);
    const progress = reporter(flags);
    try {
      const watch = { signal, offline: settings.embed.offline, onProgress: progress.onProgress };
      const { table, choice, texts } = await readTexts(sourceOf(files), settings.read, watch);
      progress.stop();
      if (flags.json) {
        process.stdout.write(`${safeJson(await inspected(table, choice.columns, texts))}\n`);
        return;
      }
      process.stdout.write(`${safeLine(describeTable(table, choice, texts))}\n`);
      for (const text of texts.filter((one) => one !== '').slice(0, TEXTS_SHOWN)) {
        const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
        process.stdout.write(`  ${safeLine(shown)}\n`);
      }
    } finally {
      progress.stop();
    }
  });
}

/** What would be read, for machines. */
async function inspected(table: Table, textColumns: readonly string[], texts: readonly string[]) {
  const { chooseGroups, kindOfColumns, timeColumn } = await import('../statistics/columns.js');
  const { columns, leftOut } = chooseGroups(table, textColumns);
  const reasonOf = new Map(leftOut.map(({ column, reason }) => [column, reason]));
  const filled = texts.filter((text) => text !== '');
  return {
    source: table.source,
    rows: table.rows,
    textColumns,
    blankTexts: texts.length - filled.length,
    groupBy: columns,
    time: timeColumn(table, textColumns) ?? null,
    columns: kindOfColumns(table).map(({ name, kind, values }) => ({
      ...{ name, kind, values, isText: textColumns.includes(name) },
      ...(reasonOf.has(name) && { notGrouped: reasonOf.get(name) }),
    })),
    texts: filled.slice(0, TEXTS_SHOWN),
  };
}

import type { Command } from 'commander';
import { COMMANDS } from '../options/command.js';
import { resolveCommand, resolveSettings } from '../options/table.js';
import { readTexts } from '../pipeline/corpus.js';
import { describeTable } from '../read/index.js';
import { readConfig } from './config.js';
import { addCommandFlags, addFlags, readCommandFlags, readFlags } from './flags.js';
import { reporter } from './progress.js';
import { SOURCES, sourceOf } from './sources.js';
import { safeLine } from './terminal.js';

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

import { join } from 'node:path';
import type { Command } from 'commander';
import { counted } from '../counted.js';
import { UserError } from '../errors.js';
import { COMMANDS } from '../options/command.js';
import { resolveCommand } from '../options/table.js';
import { readShard } from '../store/ids.js';
import { askOnTerminal } from './ask.js';
import { readConfig } from './config.js';
import { addCommandFlags, addFlags, readCommandFlags, readFlags } from './flags.js';
import { reporter } from './progress.js';
import { SOURCES, sourceOf } from './sources.js';
import { safeLine } from './terminal.js';

/** `denscape embed FILE --milvus URI`: fills a collection, from one process or many. */
export function addEmbedCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('embed')
    .argument('<files...>', SOURCES)
    .summary('fill a Milvus collection with vectors')
    .description(
      'Embeds the texts of a file into a Milvus collection; rows that are there already cost nothing.',
    );
  addFlags(command, ['read', 'embed', 'store']);
  addCommandFlags(command, COMMANDS.embed);
  command.action(async (files: string[]) => {
    const flags = readCommandFlags(command, COMMANDS.embed);
    const shard = readShard(flags.shard);
    const config = readConfig(flags.config);
    const { options } = resolveCommand(readFlags(command.optsWithGlobals(), config.options));
    if (options.store === undefined)
      throw new UserError('embed needs --milvus, the database to fill', {
        code: 'OPTION_MISSING',
        option: 'store.uri',
      });
    const progress = reporter(flags);
    if (config.message) progress.onProgress({ stage: 'read', message: config.message });
    try {
      const { embedFile } = await import('../pipeline/fill.js');
      const { onProgress } = progress;
      const watched = { ...options, signal, onProgress, confirm: askOnTerminal(progress.stop) };
      const {
        rows,
        written,
        truncated,
        averaged,
        files: made,
      } = await embedFile(sourceOf(files), watched, shard, flags.bulk);
      progress.stop();
      if (flags.quiet) return;
      const cut = truncated > 0 ? `, ${truncated} longer than the model reads` : '';
      const split = averaged > 0 ? `, ${averaged} as means of pieces` : '';
      const into =
        flags.bulk === undefined
          ? 'written'
          : `written to ${flags.bulk} as ${counted(made?.length ?? 0, 'file')}`;
      process.stdout.write(
        `${written.toLocaleString('en-US')} of ${counted(rows, 'row')} ${into}${cut}${split}\n`,
      );
      if (made && made.length > 0)
        process.stdout.write(
          `copy the files into the storage of the server, then: python3 ${join(flags.bulk ?? '.', 'import.py')} ${safeLine(options.store.uri)} [FOLDER THERE]\n`,
        );
    } finally {
      progress.stop();
    }
  });
}

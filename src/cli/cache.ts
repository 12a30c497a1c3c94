import type { Command } from 'commander';
import { counted } from '../counted.js';
import type { CacheFilter } from '../embed/cache-info.js';
import { UserError } from '../errors.js';
import { COMMANDS } from '../options/command.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { safeJson, safeLine } from './terminal.js';

/** `denscape cache`: lists and deletes what is kept on disk. */
export function addCacheCommand(program: Command): void {
  const cache = program
    .command('cache')
    .summary('models, vectors and unfinished runs kept on disk')
    .description(
      'Shows which models, vectors and stages of unfinished runs are kept on disk; DENSCAPE_CACHE names another folder.',
    )
    .action(async () => {
      const { json } = readCommandFlags(cache, COMMANDS.cache);
      const { cacheInfo } = await import('../embed/cache-info.js');
      const info = await cacheInfo();
      if (json) {
        process.stdout.write(`${safeJson(info)}\n`);
        return;
      }
      process.stdout.write(`${safeLine(info.folder)}\n`);
      for (const { id, revision, bytes } of info.models) {
        process.stdout.write(
          `  model    ${size(bytes)}  ${safeLine(id)} ${safeLine(revision.slice(0, 12))}\n`,
        );
      }
      for (const { model, dtype, providers, rows, bytes } of info.vectors) {
        process.stdout.write(
          `  vectors  ${size(bytes)}  ${counted(rows, 'row')} of ${safeLine(model)} ${dtype} by ${safeLine(providers.join(', '))}\n`,
        );
      }
      for (const { stages, bytes, changed } of info.stages) {
        process.stdout.write(
          `  stages   ${size(bytes)}  ${safeLine(stages.join(', ') || 'none')} of a run that did not end, ${changed.toISOString().slice(0, 10)}\n`,
        );
      }
      if (info.models.length + info.vectors.length + info.stages.length === 0)
        process.stdout.write('  empty\n');
    });
  addCommandFlags(cache, COMMANDS.cache);
  const clear = cache
    .command('clear')
    .summary('delete what is kept')
    .argument('[kind]', 'models, vectors or stages (all)')
    .action(async (kind: string | undefined) => {
      const { model } = readCommandFlags(clear, COMMANDS['cache clear']);
      if (kind !== undefined && kind !== 'models' && kind !== 'vectors' && kind !== 'stages') {
        throw new UserError(`cache clear takes models, vectors or stages; got "${kind}"`, {
          code: 'COMMAND_INVALID',
        });
      }
      const { clearCache } = await import('../embed/cache-info.js');
      const filter: CacheFilter = { kind, model };
      const { entries, bytes } = await clearCache(filter);
      process.stdout.write(`${entries} deleted, ${size(bytes).trim()} freed\n`);
    });
  addCommandFlags(clear, COMMANDS['cache clear']);
}

const size = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`.padStart(12);

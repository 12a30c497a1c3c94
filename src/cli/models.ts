import type { Command } from 'commander';
import { listModels } from '../embed/registry.js';
import { COMMANDS } from '../options/command.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { reporter } from './progress.js';
import { safeLine } from './terminal.js';

/** `denscape models`: models that `--model` accepts by name, and downloading one. */
export function addModelsCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('models')
    .summary('models that --model accepts by name')
    .description('Lists the models known by name; --model also takes a folder, a hub id, or openai:NAME.')
    .action(() => {
      const { json } = readCommandFlags(command, COMMANDS.models);
      const models = listModels();
      if (json) process.stdout.write(`${JSON.stringify(models, null, 2)}\n`);
      for (const model of json ? [] : models) {
        process.stdout.write(
          `${model.name.padEnd(8)} ${String(model.dimensions).padStart(5)} numbers, ${model.maxTokens.toLocaleString('en-US')} tokens · ${model.description} (${model.licence})\n`,
        );
      }
    });
  addCommandFlags(command, COMMANDS.models);
  const fetch = command
    .command('fetch')
    .summary('download a model now, so that a run need not')
    .argument('<name>', 'a name of the list, a hub id (org/name)')
    .action(async (name: string) => {
      const { dtype, pip } = readCommandFlags(fetch, COMMANDS['models fetch']);
      const { obtainModel } = await import('../embed/model-files.js');
      const progress = reporter(fetch.optsWithGlobals());
      try {
        // Naming a model to download is consent to its size.
        const { id, revision, folder } = await obtainModel(name, {
          ...{ dtype, pip, yes: true, signal },
          onProgress: progress.onProgress,
        });
        progress.stop();
        process.stdout.write(`${safeLine(`${id} ${revision.slice(0, 12)} is in ${folder}`)}\n`);
      } finally {
        progress.stop();
      }
    });
  addCommandFlags(fetch, COMMANDS['models fetch']);
}

import type { Command } from 'commander';
import { listModels } from '../embed/registry.js';
import { COMMANDS } from '../options/command.js';
import { addCommandFlags, readCommandFlags } from './flags.js';

/** `denscape models`: models that `--model` accepts by name. */
export function addModelsCommand(program: Command): void {
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
}

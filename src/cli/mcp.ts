import type { Command } from 'commander';
import { COMMANDS } from '../options/command.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { RUN_ARGUMENT } from './run-flags.js';

/** `denscape mcp RUN`: a kept run for agents, over standard input and output. */
export function addMcpCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('mcp')
    .argument('<run>', RUN_ARGUMENT)
    .summary('serve a run to agents (Model Context Protocol)')
    .description(
      'Serves a run that was kept over standard input and output, as the Model Context Protocol says: topics, texts, searches, comparisons and pictures. Nothing is written.',
    );
  addCommandFlags(command, COMMANDS.mcp);
  command
    .addHelpText(
      'after',
      '\nExample, in the configuration of a client:\n  { "command": "npx", "args": ["denscape", "mcp", "/path/of/topics"] }',
    )
    .action(async (folder: string) => {
      const { allowEdits } = readCommandFlags(command, COMMANDS.mcp);
      const { serveRun } = await import('../mcp/server.js');
      await serveRun(folder, { allowEdits, signal });
    });
}

import { Command, CommanderError } from 'commander';
import { packageVersion } from '../version.js';
import { addCacheCommand } from './cache.js';
import { addClusterCommand } from './cluster.js';
import { addCompletion } from './completion.js';
import { addDoctorCommand } from './doctor.js';
import { addEmbedCommand } from './embed.js';
import { exitCode, explain } from './exit.js';
import { addModelsCommand } from './models.js';
import { safeLines } from './terminal.js';

/** The whole command line, from its arguments to its exit code. */
export async function runProgram(): Promise<void> {
  const program = new Command('denscape')
    .description('A CSV of texts becomes topics and a map you can open.')
    .version(packageVersion())
    .option('--debug', 'print stack traces')
    .option('--quiet', 'print nothing but errors')
    .showHelpAfterError('(denscape --help, or denscape COMMAND --help)')
    .configureOutput({ writeErr: (text) => process.stderr.write(safeLines(text)) })
    .exitOverride();

  // `denscape cluster --help | head` closes the pipe early: nobody is left to tell.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });

  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());

  addClusterCommand(program, stop.signal);
  addEmbedCommand(program, stop.signal);
  addModelsCommand(program);
  addCacheCommand(program);
  addDoctorCommand(program);
  addCompletion(program);

  try {
    if (process.argv.length <= 2) program.help({ error: true });
    await program.parseAsync();
  } catch (error) {
    const line = explain(error, program.opts().debug === true || process.argv.includes('--debug'));
    if (line !== undefined) process.stderr.write(`${line}\n`);
    process.exitCode = exitCode(error);
    if (!(error instanceof CommanderError) && process.exitCode === 130) process.exit(130);
  }
}

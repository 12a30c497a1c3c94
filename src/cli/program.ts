import { globalOptions } from '../options/command.js';
import { keepAddress } from '../secrets.js';
import { packageVersion } from '../version.js';
import { addCacheCommand } from './cache.js';
import { addAddCommand, addRecutCommand } from './change.js';
import { addClusterCommand } from './cluster.js';
import { OneLineCommand } from './command.js';
import { addCompareCommand } from './compare.js';
import { addCompletion } from './completion.js';
import { addDoctorCommand } from './doctor.js';
import { addEmbedCommand } from './embed.js';
import { exitCode, explain } from './exit.js';
import { addExportCommand } from './export.js';
import { addCommandFlags } from './flags.js';
import { addInspectCommand } from './inspect.js';
import { addMcpCommand } from './mcp.js';
import { addModelsCommand } from './models.js';
import { addOpenCommand } from './open.js';
import { addPredictCommand } from './predict.js';
import { addProposalsCommand } from './proposals.js';
import { addRenameCommand } from './rename.js';
import { addRuntimeCommand } from './runtime.js';
import { stopOnSignals } from './signals.js';
import { guardStream } from './streams.js';
import { safeLines } from './terminal.js';

/** An unknown option with its value, which may be a key after a misspelt name. */
const UNKNOWN_VALUE = /(unknown option '--[^'=]*)=[^']*'/g;

/** The whole command line, from its arguments to its exit code. */
export async function runProgram(): Promise<void> {
  // First, so that no message about an argument, even a wrong one, can show a password.
  for (const argument of process.argv) keepAddress(argument.replace(/^--[^=@]*=/, ''));
  const program = new OneLineCommand('denscape')
    .description('A CSV of texts becomes topics and a map you can open.')
    .version(packageVersion())
    .configureOutput({
      writeErr: (text) => process.stderr.write(safeLines(text.replace(UNKNOWN_VALUE, "$1'"))),
    })
    .exitOverride();

  addCommandFlags(program, globalOptions);

  guardStream(process.stdout, (error) => {
    process.stderr.write(`error: standard output: ${error.message}\n`);
    process.exitCode = 1;
  });
  guardStream(process.stderr, () => {}); // an error of standard error itself can't be reported

  const signal = stopOnSignals();

  addClusterCommand(program, signal);
  addEmbedCommand(program, signal);
  addOpenCommand(program);
  addAddCommand(program, signal);
  addRecutCommand(program, signal);
  addPredictCommand(program, signal);
  addRenameCommand(program, signal);
  addProposalsCommand(program, signal);
  addCompareCommand(program);
  addExportCommand(program, signal);
  addMcpCommand(program, signal);
  addInspectCommand(program, signal);
  addModelsCommand(program, signal);
  addCacheCommand(program);
  addRuntimeCommand(program, signal);
  addDoctorCommand(program);
  addCompletion(program);

  try {
    if (process.argv.length <= 2) program.help({ error: true });
    await program.parseAsync();
    signal.throwIfAborted(); // too late to stop anything, but the exit code reports it
  } catch (error) {
    const reason = signal.aborted ? signal.reason : error;
    const line = explain(reason, program.opts().debug === true || process.argv.includes('--debug'));
    if (line !== undefined) process.stderr.write(`${line}\n`);
    process.exitCode = exitCode(reason);
    // Aborted work may still keep the process alive.
    if (signal.aborted) process.exit();
  }
}

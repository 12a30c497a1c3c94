import { type CommandRun, runCommand } from './run.js';

const MAIN = new URL('../../build/cli/main.js', import.meta.url).pathname;

/** Runs the built command line as a shell would. */
export function denscape(
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<CommandRun> {
  const env = { NO_COLOR: '1', ...options.env };
  return runCommand(process.execPath, [MAIN, ...args], { cwd: options.cwd, env });
}

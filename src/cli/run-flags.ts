import { isOfRun } from '../run/run-options.js';

/** What the argument RUN of a command is, for its help. */
export const RUN_ARGUMENT = 'folder of a run: what denscape cluster wrote with --out';

/** The default of an option that a run keeps, for the help of commands that take a run. */
export const usualOfRun = (path: string): string | undefined =>
  isOfRun(path) ? 'that of the run' : undefined;

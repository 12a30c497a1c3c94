/** What the argument RUN of a command is, for its help. */
export const RUN_ARGUMENT = 'folder of a run: what denscape cluster wrote with --out';

/** Flags that every command on a run has. */
export interface RunFlags extends Record<string, unknown> {
  json?: boolean;
  quiet?: boolean;
  debug?: boolean;
}

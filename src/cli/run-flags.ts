/** What the argument RUN of a command is, for its help. */
export const RUN_ARGUMENT = 'folder of a run: what denscape cluster wrote with --out';

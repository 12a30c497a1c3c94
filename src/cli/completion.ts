import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/** `denscape completion zsh|bash|fish|powershell` prints a script to source. */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: 'completion' });
}

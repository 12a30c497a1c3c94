import { styleText } from 'node:util';
import { CommanderError } from 'commander';
import { UserError } from '../errors.js';

/** 0 done, 1 a failure, 2 the user's mistake, 130 stopped by Ctrl-C. */
export function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UserError) return 2;
  if (error instanceof Error && error.name === 'AbortError') return 130;
  return 1;
}

/** One line for people; the whole stack with `--debug`. Commander has already printed its own. */
export function explain(error: unknown, debug: boolean): string | undefined {
  if (error instanceof CommanderError) return undefined;
  if (error instanceof Error && error.name === 'AbortError') return 'stopped';
  const message = error instanceof Error ? error.message : String(error);
  const line = `${styleText('red', 'error:', { stream: process.stderr })} ${message.replace(/\s*\n\s*/g, ' ')}`;
  return debug && error instanceof Error ? `${line}\n${error.stack}` : line;
}

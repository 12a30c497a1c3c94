import { inspect, styleText } from 'node:util';
import { CommanderError } from 'commander';
import { FailureError, UserError } from '../errors.js';
import { messageWithFlags, withFlags } from './flags.js';
import { safeLine, safeLines } from './terminal.js';

/** Numbers of the signals that stop a run; an exit code is 128 more, as shells have it. */
const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
export type StopSignal = keyof typeof SIGNALS;
export const STOP_SIGNALS = Object.keys(SIGNALS) as StopSignal[];

/** The reason of an aborted run. Its name is AbortError, as libraries expect. */
export class Stopped extends Error {
  override readonly name = 'AbortError';

  constructor(readonly signal: StopSignal) {
    super(`stopped by ${signal}`);
  }
}

export const signalCode = (signal: StopSignal): number => 128 + SIGNALS[signal];

/** 0 done, 1 a failure, 2 the user's mistake, 130 stopped by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP. */
export function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UserError) return 2;
  if (error instanceof Stopped) return signalCode(error.signal);
  if (error instanceof Error && error.name === 'AbortError') return 130;
  return 1;
}

/** The error as one line, with stack and causes with `--debug`. Undefined for errors that Commander has printed. */
export function explain(error: unknown, debug: boolean): string | undefined {
  if (error instanceof CommanderError) return undefined;
  if (error instanceof Error && error.name === 'AbortError') return 'stopped';
  const line = `${styleText('red', 'error:', { stream: process.stderr })} ${safeLine(describe(error).replace(/\s*\n\s*/g, ' '))}`;
  if (!debug || !(error instanceof Error)) return line;
  // The stack, the causes and what else the error carries.
  return `${line}\n${safeLines(inspect(error, { depth: 4 }))}`;
}

/** Messages of a failed allocation: V8, WebAssembly, ONNX Runtime, the operating system. */
const OUT_OF_MEMORY =
  /array buffer allocation failed|memory\.grow|instance memory|WebAssembly memory|could not allocate memory|out of memory|bad[_ ]alloc|failed to allocate memory|cannot enlarge memory|ENOMEM/i;

/** The message of a UserError, FailureError or system error; other errors are named as faults of denscape. */
function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UserError) return messageWithFlags(error);
  if (error instanceof FailureError) return withFlags(message);
  if (OUT_OF_MEMORY.test(message)) {
    return `the memory ran out (${message}); what takes less: --model minilm or --dtype int8, fewer --threads, a file of fewer rows`;
  }
  // The operating system's refusals name the call and the file.
  if (error instanceof Error && 'code' in error && 'syscall' in error) return message;
  return `a fault of denscape, not of your input: ${message}; please report it with what --debug prints`;
}

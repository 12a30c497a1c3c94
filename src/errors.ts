/** What an error is about, for programs. */
export interface ErrorDetails {
  /** Stable name of the kind of error; see docs/errors.md. */
  code?: string;
  /** Path of the option, such as `layout.minDist`. */
  option?: string;
  /** File, as it was given. */
  file?: string;
  /** 1-based line of the file. */
  line?: number;
  cause?: unknown;
}

class DenscapeError extends Error {
  readonly code: string;
  readonly option?: string;
  readonly file?: string;
  readonly line?: number;

  constructor(message: string, usual: string, { code = usual, option, file, line, cause }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    if (option !== undefined) this.option = option;
    if (file !== undefined) this.file = file;
    if (line !== undefined) this.line = line;
  }
}

/**
 * The user's mistake: wrong file, option or value. The message is one line that names the thing, the value, the
 * rule and the fix. The command line exits with 2.
 */
export class UserError extends DenscapeError {
  override readonly name = 'UserError';

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, 'USER_ERROR', details);
  }
}

/**
 * Something outside gave way: a server, a disk, a download. One line with what to do. The command line exits
 * with 1.
 */
export class FailureError extends DenscapeError {
  override readonly name = 'FailureError';

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, 'FAILURE', details);
  }
}

/**
 * One text has no usable vector. `text` is its place among the texts that were given; where its line in a file is
 * known, `at` says that instead.
 */
export class TextFailure extends FailureError {
  constructor(
    readonly text: number,
    readonly problem: string,
  ) {
    super(`text ${text + 1}: ${problem}`);
  }

  at(place: string): FailureError {
    return new FailureError(`${place}: ${this.problem}`, { cause: this });
  }
}

/** Gives a text's failure its place among other texts: `textOf` maps the one that was counted to the one meant. */
export function renumbered(error: unknown, textOf: (text: number) => number): unknown {
  return error instanceof TextFailure ? new TextFailure(textOf(error.text), error.problem) : error;
}

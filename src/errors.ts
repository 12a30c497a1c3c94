/**
 * The user's mistake: wrong file, option or value. The message is one line that names the thing, the value, the
 * rule and the fix. The command line exits with 2.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/**
 * Something outside gave way: a server, a disk, a download. One line with what to do. The command line exits
 * with 1.
 */
export class FailureError extends Error {
  override readonly name = 'FailureError';
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

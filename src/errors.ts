/** Kinds of errors. The names are stable; docs/errors.md lists them. */
export const ERROR_CODES = {
  OPTION_INVALID: 'a value that an option does not take, or a combination of options that makes no sense',
  OPTION_UNKNOWN: 'an option that there is not, or that has no effect on this input',
  OPTION_MISSING: 'an option that another one needs',
  COMMAND_INVALID: 'a command that lacks an argument, or has one that it does not take',
  CONFIG_INVALID: 'a config file that is missing or holds no options',
  CONFIG_UNTRUSTED: 'a config file that was found, not named, and says where texts, keys or files go',
  INPUT_MISSING: 'a file or folder that is not there, or a folder or archive without a table',
  INPUT_UNREADABLE: 'a file that may not be read, or whose compressed or packed bytes are damaged',
  INPUT_AMBIGUOUS: 'an archive with several tables, of which one must be named',
  INPUT_EMPTY: 'an input without rows, or without text in any',
  INPUT_TOO_LARGE: 'an input, a row or a column count beyond what is read',
  FORMAT_INVALID: 'content that is not of its format, or of none that is read',
  ENCODING_INVALID: 'bytes that are not of the encoding, or an encoding that is not known',
  ROW_INVALID: 'a row that is neither a text nor named values',
  SHEET_MISSING: 'a sheet that the workbook does not have',
  ADDRESS_REFUSED: 'an address that may not be read: not https, or with --offline',
  DOWNLOAD_FAILED: 'a file that its server did not send, or not whole',
  SEARCH_TOO_LONG: 'an exact search of neighbours that is estimated to take longer than the limit',
  COLUMN_MISSING: 'a column that the input does not have, or no column with text',
  COLUMN_INVALID: 'a column whose values cannot be used as the option that names it says',
  MODEL_UNKNOWN: 'a model name that is neither known, nor a hub id, nor a folder',
  MODEL_INVALID: 'a model with a file that is missing, damaged or of a kind that is not run',
  MODEL_FAILED:
    'a model, or a function in its place, that returned something other than one vector for each text',
  DOWNLOAD_REFUSED: 'something that would be downloaded or sent, against --offline or without --yes',
  ACCESS_DENIED: 'a key, a token or a right that is missing, malformed or refused',
  SERVER_FAILED: 'a server that cannot be reached, or did not respond in time or as it should',
  ENGINE_UNAVAILABLE: 'a program, engine or device that this machine does not have, or that did not start',
  OUT_OF_MEMORY: 'work that needs more memory than there is',
  CACHE_INVALID: 'kept vectors that do not fit the model',
  VECTORS_INVALID: 'given vectors that do not fit the rows, or hold something other than numbers',
  GRAPH_INVALID: 'neighbours that are not of their shape, or not of the rows that they are given for',
  FIT_INVALID: 'a result that lacks what the call needs, or whose parts do not fit each other',
  TEXT_FAILED: 'one text has no usable vector',
  WRITE_BACK_FAILED:
    'labels that could not all be written back into a Milvus collection; `result` of the error holds what was found',
  STORE_MISSING: 'a database, collection, field or index that Milvus does not have',
  STORE_MISMATCH: 'a collection that does not fit: its fields, model, dimensions or metric',
  STORE_BUSY: 'a Milvus Lite folder that another process uses, or rows that changed while they were read',
  STORE_FAILED: 'Milvus cannot be reached, or failed',
  OUTPUT_EXISTS: 'output that would replace the input, or files that denscape did not write',
  OUTPUT_UNWRITABLE: 'a path that cannot be written',
  DISK_FAILED: 'a disk that is full or reports an error, or too many open files',
  RUN_INVALID: 'a folder that holds no run of denscape, or a damaged one',
  USER_ERROR: 'a UserError that was made without a code; denscape throws none',
  FAILURE: 'a FailureError that was made without a code; denscape throws none',
} as const;

/** Kind of error; docs/errors.md lists them. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Details of an error, for programs. */
export interface ErrorDetails {
  /** Kind of error. Those that denscape throws are never the general ones, `USER_ERROR` and `FAILURE`. */
  code: ErrorCode;
  /** Path of the option, such as `layout.minDist`. */
  option?: string;
  /** File, as it was given. */
  file?: string;
  /** 1-based line of the file. */
  line?: number;
  cause?: unknown;
}

/** The same symbol in every copy of the package. */
const BRAND = Symbol.for('denscape.error');

class DenscapeError extends Error {
  /** Kind of error; docs/errors.md lists them. */
  readonly code: ErrorCode;
  /** Path of the option that it is about, such as `layout.minDist`. */
  readonly option?: string;
  /** The file that is at fault, as it was given. */
  readonly file?: string;
  /** 1-based line of that file. */
  readonly line?: number;

  /** @internal */
  constructor(message: string, usual: ErrorCode, details: Partial<ErrorDetails> = {}) {
    const { code = usual, option, file, line, cause } = details;
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

  constructor(message: string, details: ErrorDetails) {
    super(message, 'USER_ERROR', details);
  }
}

/**
 * Something outside failed: a server, a disk, a download. The message is one line with what to do. The command line exits
 * with 1.
 */
export class FailureError extends DenscapeError {
  override readonly name = 'FailureError';

  constructor(message: string, details: ErrorDetails) {
    super(message, 'FAILURE', details);
  }
}

Object.defineProperty(DenscapeError.prototype, BRAND, { value: true });

/**
 * Whether an error was thrown by denscape for its caller, in whichever copy of the package: `name` then says which of
 * the two it is, and `code`, `option`, `file` and `line` what it is about.
 *
 * @param error what was caught
 * @returns true for a UserError or a FailureError
 * @example
 * try {
 *   await cluster('news.csv');
 * } catch (error) {
 *   if (isDenscapeError(error) && error.code === 'COLUMN_MISSING') console.log(error.option, error.message);
 *   else throw error;
 * }
 */
export function isDenscapeError(error: unknown): error is UserError | FailureError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** The same error, with the file that it is about, as it was given, unless it has one. */
export function aboutFile(error: unknown, file: string): unknown {
  if (!(error instanceof DenscapeError) || error.file !== undefined) return error;
  return Object.assign(error, { file });
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
    super(`text ${text + 1}: ${problem}`, { code: 'TEXT_FAILED' });
  }

  /** The same failure with the place of the text in a file. */
  at(file: string, line: number): FailureError {
    const details = { code: 'TEXT_FAILED', file, line, cause: this } as const;
    return new FailureError(`${file} line ${line}: ${this.problem}`, details);
  }
}

/** Gives a text's failure its place among other texts: `textOf` maps the one that was counted to the one meant. */
export function renumbered(error: unknown, textOf: (text: number) => number): unknown {
  return error instanceof TextFailure ? new TextFailure(textOf(error.text), error.problem) : error;
}

import { type ErrorCode, UserError } from '../errors.js';

/** Where in an input: its name, and a line (the row's number for arrays and Parquet) where one is meant. */
interface Place {
  source: string;
  line?: number;
}

/** An error that names its place first: `posts.csv line 41: …`. What reads files adds the path as it was given. */
export function inputError(
  code: ErrorCode,
  { source, line }: Place,
  message: string,
  cause?: unknown,
): UserError {
  const place = line === undefined ? source : `${source} line ${line}`;
  return new UserError(`${place}: ${message}`, { code, line, cause });
}

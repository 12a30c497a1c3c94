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

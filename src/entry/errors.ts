// Every entry of the package exports these.
export { type ErrorCode, FailureError, isDenscapeError, UserError } from '../errors.js';
